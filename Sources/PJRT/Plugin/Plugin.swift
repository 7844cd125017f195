import CPJRT
import Foundation
import Synchronization

/// A shared library that implements the PJRT C API: a compiler and the devices it compiles for.
///
/// A plugin stays loaded until the process ends; loading the same file again gives the same plugin.
public final class Plugin: Sendable {
  public let path: String
  /// The version of the C API that the plugin implements, for example 0.81.
  public let apiVersion: (major: Int, minor: Int)
  /// The plugin's own attributes, for example `stablehlo_current_version`.
  public let attributes: [String: PluginAttribute]
  /// Valid until the process ends, and never written once it exists.
  nonisolated(unsafe) package let api: UnsafePointer<PJRT_Api>

  private static let loaded = Mutex<[String: Plugin]>([:])

  /// Loads and initializes the plugin in a file.
  ///
  /// XLA's information and warning lines are silenced unless `TF_CPP_MIN_LOG_LEVEL` is set.
  /// - Throws: ``EngineError/notPlugin(path:reason:)`` if the file is missing, truncated or no plugin,
  ///   ``EngineError/unsupportedPlugin(path:version:)`` if it is too old.
  public static func load(_ path: String) throws(EngineError) -> Plugin {
    let path = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    // The lock is held while loading, so that a library is initialized once.
    let result = loaded.withLock { plugins -> Result<Plugin, EngineError> in
      if let plugin = plugins[path] { return .success(plugin) }
      let result = Result { () throws(EngineError) in try Plugin(path: path) }
      if case .success(let plugin) = result { plugins[path] = plugin }
      return result
    }
    return try result.get()
  }

  private init(path: String) throws(EngineError) {
    guard FileManager.default.fileExists(atPath: path) else {
      throw .notPlugin(path: path, reason: "there is no such file")
    }
    if let shortfall = SharedLibraryFile.shortfall(path) { throw .notPlugin(path: path, reason: shortfall) }
    try XLAFlags.check(ProcessInfo.processInfo.environment["XLA_FLAGS"], pluginPath: path)
    setenv("TF_CPP_MIN_LOG_LEVEL", "2", 0)
    guard let library = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
      throw .notPlugin(path: path, reason: String(cString: dlerror()))
    }
    guard let symbol = dlsym(library, "GetPjrtApi") else {
      dlclose(library)
      throw .notPlugin(path: path, reason: "it doesn't export GetPjrtApi")
    }
    guard let api = unsafeBitCast(symbol, to: PJRT_GetApi.self)() else {
      throw .notPlugin(path: path, reason: "GetPjrtApi returned nothing")
    }
    let version = api.pointee.pjrt_api_version
    // The table only ever grows at its end: a newer plugin has all that an older one has.
    let needed =
      MemoryLayout<PJRT_Api>.offset(of: \.PJRT_Executable_OutputDimensions).map {
        $0 + MemoryLayout<UnsafeRawPointer>.size
      } ?? MemoryLayout<PJRT_Api>.size
    guard version.major_version == PJRT_API_MAJOR, api.pointee.struct_size >= needed,
      api.pointee.hasAllFunctions
    else {
      throw .unsupportedPlugin(path: path, version: "\(version.major_version).\(version.minor_version)")
    }
    self.path = path
    self.api = api
    self.apiVersion = (Int(version.major_version), Int(version.minor_version))

    _ = try api.call("starting the plugin", api.pointee.PJRT_Plugin_Initialize)
    let answer = try api.call("asking the plugin's attributes", api.pointee.PJRT_Plugin_Attributes)
    let values = UnsafeBufferPointer(start: answer.attributes, count: answer.num_attributes)
    attributes = Dictionary(
      values.map { (String(bytes: $0.name, count: $0.name_size), PluginAttribute($0)) },
      uniquingKeysWith: { first, _ in first })
  }

  /// Whether this is a CPU plugin, the only kind whose number of devices can be chosen. The API can't be
  /// asked before a client exists, so the file's name decides.
  public var isCPU: Bool { URL(fileURLWithPath: path).lastPathComponent.contains("cpu") }
}

/// The value of a plugin's attribute.
public enum PluginAttribute: Sendable, Hashable {
  case string(String)
  case int(Int64)
  case ints([Int64])
  case float(Float)
  case bool(Bool)

  init(_ value: PJRT_NamedValue) {
    switch value.type {
    case PJRT_NamedValue_kInt64: self = .int(value.int64_value)
    case PJRT_NamedValue_kInt64List:
      self = .ints([Int64](UnsafeBufferPointer(start: value.int64_array_value, count: value.value_size)))
    case PJRT_NamedValue_kFloat: self = .float(value.float_value)
    case PJRT_NamedValue_kBool: self = .bool(value.bool_value)
    default: self = .string(String(bytes: value.string_value, count: value.value_size))
    }
  }
}

extension PluginAttribute: CustomStringConvertible {
  public var description: String {
    switch self {
    case .string(let value): value
    case .int(let value): "\(value)"
    case .ints(let values): values.map(String.init).joined(separator: ".")
    case .float(let value): "\(value)"
    case .bool(let value): "\(value)"
    }
  }
}

extension String {
  /// Text that C gives as a start and a length, without a terminating zero.
  init(bytes start: UnsafePointer<CChar>?, count: Int) {
    let bytes = UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count)
    self = String(decoding: bytes, as: UTF8.self)
  }
}
