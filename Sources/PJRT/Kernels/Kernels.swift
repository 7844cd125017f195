import CKernels
import CPJRT
import Synchronization

/// The kernels of an engine, and why there aren't more.
public struct Kernels: Sendable, Hashable {
  /// What programs call.
  public let active: KernelSet
  /// What programs could call.
  public let available: KernelSet
  /// oneDNN's version, if it is loaded.
  public let oneDNN: String?
  /// OpenBLAS' version and the processor whose code it runs, if it is loaded.
  public let openBLAS: String?
  /// Why kernels are missing, if any are.
  public let reason: String?

  /// One line for a person.
  public var description: String {
    [
      active.description, oneDNN.map { "oneDNN \($0)" }, openBLAS.map { "OpenBLAS \($0)" }, reason,
    ].compactMap(\.self).joined(separator: "; ")
  }

  static let environmentVariable = "TANREN_KERNELS"

  /// - Parameters:
  ///   - requested: what is wanted; `nil` for what is worth it on this processor.
  ///   - locator: finds oneDNN and OpenBLAS, and knows whether kernels are turned off.
  /// - Throws: ``EngineError/invalidOptions(_:)`` if the environment variable `TANREN_KERNELS` isn't `on` or `off`,
  ///   ``EngineError/damaged(path:reason:)`` if an installed library hasn't the size it came with.
  init(client: Client, requested: KernelSet?, locator: EngineLocator) throws(EngineError) {
    let wish = locator.environment[Self.environmentVariable] ?? ""
    guard ["", "on", "off"].contains(wish) else {
      throw .invalidOptions("the environment variable \(Self.environmentVariable) must be on or off, not '\(wish)'")
    }
    let refusal: String? =
      if client.platformName != "cpu" {
        "kernels are for the CPU"
      } else if requested == [] || requested == nil && wish == "off" {
        "turned off"
      } else {
        Self.register(with: client.plugin)
      }
    if let refusal {
      (active, available, oneDNN, openBLAS, reason) = ([], [], nil, nil, refusal)
      return
    }
    let parts = [try OneDNN.load(locator), try OpenBLAS.load(locator)]
    available = parts.reduce(.own) { $0.union($1.available) }
    active = available.intersection(requested ?? parts.reduce(.own) { $0.union($1.recommended) })
    (oneDNN, openBLAS) = (parts[0].version, parts[1].version)
    let reasons = parts.compactMap(\.reason)
    reason = reasons.isEmpty ? nil : reasons.joined(separator: "; ")
  }
}

/// What a library of kernels brings.
private struct LoadedLibrary {
  var available: KernelSet = []
  var recommended: KernelSet = []
  var version: String?
  var reason: String?

  /// - Parameter load: loads the file of that path, or says why it can't.
  init(
    _ library: KernelLibrary, _ locator: EngineLocator, load: (String, inout [CChar]) -> LoadedLibrary?
  ) throws(EngineError) {
    guard let path = try locator.path(of: library) else {
      reason = "\(library.name) isn't installed"
      return
    }
    if let shortfall = SharedLibraryFile.shortfall(path) {
      reason = "\(library.name) can't be loaded: \(path): \(shortfall)"
      return
    }
    var message = [CChar](repeating: 0, count: 512)
    if let loaded = load(path, &message) {
      self = loaded
    } else {
      reason = "\(library.name) can't be loaded: \(Self.text(message))"
    }
  }

  init(available: KernelSet, recommended: KernelSet, version: String) {
    (self.available, self.recommended, self.version) = (available, recommended, version)
  }

  static func text(_ message: [CChar]) -> String {
    String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

private enum OneDNN {
  static func load(_ locator: EngineLocator) throws(EngineError) -> LoadedLibrary {
    try LoadedLibrary(.oneDNN, locator) { path, message in
      var found = TanrenOneDNN()
      guard tanren_load_onednn(path, &found, &message, message.count) else { return nil }
      let single: KernelSet = [.convolution, .winograd]
      return LoadedLibrary(
        available: found.has_bfloat16 ? .oneDNN : single,
        // Without instructions for bfloat16, XLA's way through float32 is as fast.
        recommended: found.has_fast_bfloat16 ? .oneDNN : single, version: "\(found.major).\(found.minor)")
    }
  }
}

private enum OpenBLAS {
  static func load(_ locator: EngineLocator) throws(EngineError) -> LoadedLibrary {
    try LoadedLibrary(.openBLAS, locator) { path, message in
      var found = TanrenOpenBLAS()
      guard tanren_load_openblas(path, &found, &message, message.count) else { return nil }
      let version = withUnsafeBytes(of: &found.version) { LoadedLibrary.text(Array($0.bindMemory(to: CChar.self))) }
      let processor = withUnsafeBytes(of: &found.processor) { LoadedLibrary.text(Array($0.bindMemory(to: CChar.self))) }
      return LoadedLibrary(
        available: .linearAlgebra, recommended: .linearAlgebra, version: "\(version) (\(processor))")
    }
  }
}

extension Kernels {
  /// For each plugin, why registering its kernels failed, or nothing.
  private static let registered = Mutex<[String: String?]>([:])

  /// Registers all kernels with a plugin, which keeps them until the process ends.
  /// - Returns: why that can't be.
  private static func register(with plugin: Plugin) -> String? {
    registered.withLock { registered in
      if let known = registered[plugin.path] { return known }
      let reason = registerOnce(with: plugin)
      registered[plugin.path] = .some(reason)
      return reason
    }
  }

  private static func registerOnce(with plugin: Plugin) -> String? {
    guard let extend = plugin.foreignFunctions, let register = extend.pointee.register_handler else {
      return "the plugin takes no foreign functions"
    }
    var count = 0
    let kernels = UnsafeBufferPointer(start: tanren_kernels(&count), count: count)
    let platform = "Host"
    for kernel in kernels {
      let error = platform.withCString { platformName in
        var arguments = PJRT_FFI_Register_Handler_Args()
        arguments.struct_size = MemoryLayout.size(ofValue: arguments)
        arguments.target_name = kernel.target
        arguments.target_name_size = String(cString: kernel.target).utf8.count
        arguments.handler = kernel.handler
        arguments.platform_name = platformName
        arguments.platform_name_size = platform.utf8.count
        return register(&arguments)
      }
      if let error { return "the plugin refuses kernels: \(plugin.api.take(error).message)" }
    }
    return nil
  }
}

extension Kernels {
  /// The names under which programs may call kernels, and the library that each needs.
  package static var targets: [(name: String, library: KernelLibrary?)] {
    var count = 0
    return UnsafeBufferPointer(start: tanren_kernels(&count), count: count).map { kernel in
      let library: KernelLibrary? =
        switch kernel.needs {
        case TANREN_ONEDNN: .oneDNN
        case TANREN_OPENBLAS: .openBLAS
        default: nil
        }
      return (String(cString: kernel.target), library)
    }
  }
}

extension Plugin {
  /// The extension through which functions become custom calls, if the plugin has it as it is declared here.
  fileprivate var foreignFunctions: UnsafePointer<PJRT_FFI_Extension>? {
    var next = api.pointee.extension_start
    while let candidate = next {
      if candidate.pointee.type == PJRT_Extension_Type_FFI,
        candidate.pointee.struct_size >= MemoryLayout<PJRT_FFI_Extension>.size
      {
        return UnsafeRawPointer(candidate).assumingMemoryBound(to: PJRT_FFI_Extension.self)
      }
      next = candidate.pointee.next
    }
    return nil
  }
}
