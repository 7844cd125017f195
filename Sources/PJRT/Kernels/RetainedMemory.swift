import CKernels

/// Keeping freed memory for the next run of a program, instead of returning it to the system.
enum RetainedMemory {
  static let environmentVariable = "TANREN_RETAIN_MEMORY"
  private static let isRetained = tanren_retain_memory()

  /// Sets the C library up, once a process, unless the environment variable `TANREN_RETAIN_MEMORY` is `off`.
  /// - Throws: ``EngineError/invalidOptions(_:)`` if it is neither `on` nor `off`.
  static func start(environment: [String: String]) throws(EngineError) {
    switch environment[environmentVariable] ?? "" {
    case "", "on": _ = isRetained
    case "off": break
    case let wish:
      throw .invalidOptions("the environment variable \(environmentVariable) must be on or off, not '\(wish)'")
    }
  }
}
