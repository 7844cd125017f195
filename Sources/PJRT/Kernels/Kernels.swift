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
  /// Why kernels are missing, if any are.
  public let reason: String?

  /// One line for a person.
  public var description: String {
    [active.description, oneDNN.map { "oneDNN \($0)" }, reason].compactMap(\.self).joined(separator: "; ")
  }

  static let environmentVariable = "TANREN_KERNELS"

  /// - Parameters:
  ///   - requested: what is wanted; `nil` for what is worth it on this processor.
  ///   - locator: tells where oneDNN is, and whether kernels are turned off.
  /// - Throws: ``EngineError/invalidOptions(_:)`` if the environment variable `TANREN_KERNELS` isn't `on` or `off`,
  ///   ``EngineError/damaged(path:reason:)`` if the installed oneDNN hasn't the size it came with.
  init(client: Client, requested: KernelSet?, locator: EngineLocator) throws(EngineError) {
    let wish = locator.environment[Self.environmentVariable] ?? ""
    guard ["", "on", "off"].contains(wish) else {
      throw .invalidOptions("the environment variable \(Self.environmentVariable) must be on or off, not '\(wish)'")
    }
    guard client.platformName == "cpu" else {
      self.init(reason: "kernels are for the CPU")
      return
    }
    guard requested != [], requested != nil || wish != "off" else {
      self.init(reason: "turned off")
      return
    }
    if let reason = Self.register(with: client.plugin) {
      self.init(reason: reason)
      return
    }
    guard let library = try locator.kernelLibrary() else {
      self.init(available: .own, requested, reason: "oneDNN isn't installed")
      return
    }
    if let shortfall = SharedLibraryFile.shortfall(library) {
      self.init(available: .own, requested, reason: "oneDNN can't be loaded: \(library): \(shortfall)")
      return
    }
    var found = TanrenOneDNN()
    var message = [CChar](repeating: 0, count: 512)
    guard tanren_load_onednn(library, &found, &message, message.count) else {
      self.init(available: .own, requested, reason: "oneDNN can't be loaded: \(Self.text(message))")
      return
    }
    self.init(
      available: found.has_bfloat16 ? .all : [.own, .convolution, .winograd], requested,
      // Without instructions for bfloat16, XLA's way through float32 is as fast.
      recommended: found.has_fast_bfloat16 ? .all : [.own, .convolution, .winograd],
      oneDNN: "\(found.major).\(found.minor)", reason: nil)
  }

  private init(
    available: KernelSet = [], _ requested: KernelSet? = nil, recommended: KernelSet = .all, oneDNN: String? = nil,
    reason: String?
  ) {
    self.available = available
    active = available.intersection(requested ?? recommended)
    self.oneDNN = oneDNN
    self.reason = reason
  }

  private static func text(_ message: [CChar]) -> String {
    String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
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
  /// The names under which programs may call kernels.
  package static var targets: [String] {
    var count = 0
    return UnsafeBufferPointer(start: tanren_kernels(&count), count: count).map { String(cString: $0.target) }
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
