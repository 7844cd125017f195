import CKernels
import CPJRT
import Synchronization

/// The kernels of an engine, and why there aren't more.
public struct Kernels: Sendable {
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
  /// What modules' kernels are registered with; nil where there are none.
  private let plugin: Plugin?
  private let requested: KernelSet?

  /// One line for a person.
  public var description: String {
    [
      active.description, oneDNN.map { "oneDNN \($0)" }, openBLAS.map { "OpenBLAS \($0)" }, reason,
    ].compactMap(\.self).joined(separator: "; ")
  }

  static let environmentVariable = "TANREN_KERNELS"

  /// - Parameters:
  ///   - platform: the one that programs are written for.
  ///   - requested: what is wanted; `nil` for what is worth it on this processor.
  ///   - locator: finds oneDNN and OpenBLAS, and knows whether kernels are turned off.
  /// - Throws: ``EngineError/invalidOptions(_:)`` if the environment variable `TANREN_KERNELS` isn't `on` or `off`,
  ///   ``EngineError/damaged(path:reason:)`` if an installed library hasn't the size it came with.
  init(
    client: Client, platform: String, requested: KernelSet?, locator: EngineLocator
  ) throws(EngineError) {
    let wish = locator.environment[Self.environmentVariable] ?? ""
    guard ["", "on", "off"].contains(wish) else {
      throw .invalidOptions("the environment variable \(Self.environmentVariable) must be on or off, not '\(wish)'")
    }
    let refusal: String? =
      if platform != "cpu" {
        "kernels are for the CPU"
      } else if requested == [] || requested == nil && wish == "off" {
        "turned off"
      } else {
        client.plugin.register(Self.builtIn)
      }
    if let refusal {
      (active, available, oneDNN, openBLAS, reason, plugin, self.requested) = ([], [], nil, nil, refusal, nil, nil)
      return
    }
    let parts = [try OneDNN.load(locator), try OpenBLAS.load(locator)]
    available = parts.reduce(.own) { [$0, $1.available] }
    active = available.intersection(requested ?? parts.reduce(.own) { [$0, $1.recommended] })
    (plugin, self.requested) = (client.plugin, requested)
    (oneDNN, openBLAS) = (parts[0].version, parts[1].version)
    let reasons = parts.compactMap(\.reason)
    reason = reasons.isEmpty ? nil : reasons.joined(separator: "; ")
  }

  /// No kernels at all.
  package init(reason: String) {
    (active, available, oneDNN, openBLAS, self.reason, plugin, requested) = ([], [], nil, nil, reason, nil, nil)
  }

  /// Whether programs may call all kernels of a set.
  public func contains(_ set: KernelSet) -> Bool { active.contains(set) }

  /// Whether programs may call a module's kernels; if so they are registered with the plugin.
  public func contains(_ module: KernelModule) -> Bool {
    guard let plugin, active.contains(.modules) || requested?.contains(module.set) == true else { return false }
    return plugin.register(module) == nil
  }
}

extension Kernels {
  /// The kernels of this module.
  private static let builtIn = KernelModule("", tanren_kernels)

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

extension KernelModule {
  /// Kernels of C's own table.
  package init(_ name: String, _ table: (UnsafeMutablePointer<Int>) -> UnsafePointer<TanrenKernel>?) {
    var count = 0
    let kernels = UnsafeBufferPointer(start: table(&count), count: count)
    set = KernelSet(name)
    handlers = kernels.compactMap { kernel in kernel.handler.map { (String(cString: kernel.target), $0) } }
  }
}

extension Plugin {
  /// By plugin and target why registering a kernel failed, or nothing.
  private static let registered = Mutex<[String: [String: String?]]>([:])

  /// Registers kernels, which the plugin keeps until the process ends.
  /// - Returns: why it can't.
  fileprivate func register(_ module: KernelModule) -> String? {
    Self.registered.withLock { registered in
      for (target, handler) in module.handlers {
        if registered[path]?[target] == nil {
          registered[path, default: [:]][target] = .some(register(target, handler))
        }
        if let known = registered[path]?[target], let reason = known { return reason }
      }
      return nil
    }
  }

  private func register(_ target: String, _ handler: UnsafeMutableRawPointer) -> String? {
    guard let extend = foreignFunctions, let register = extend.pointee.register_handler else {
      return "the plugin takes no foreign functions"
    }
    let platform = "Host"
    let error = target.withCString { targetName in
      platform.withCString { platformName in
        var arguments = PJRT_FFI_Register_Handler_Args()
        arguments.struct_size = MemoryLayout.size(ofValue: arguments)
        arguments.target_name = targetName
        arguments.target_name_size = target.utf8.count
        arguments.handler = handler
        arguments.platform_name = platformName
        arguments.platform_name_size = platform.utf8.count
        return register(&arguments)
      }
    }
    return error.map { "the plugin refuses kernels: \(api.take($0).message)" }
  }

  /// The extension through which functions become custom calls, if the plugin has it as it is declared here.
  private var foreignFunctions: UnsafePointer<PJRT_FFI_Extension>? {
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
