/// Kernels that a module brings along: functions in C that programs call by the names of their targets.
///
/// ```swift
/// let kernels = KernelModule("smoothing", handlers: ["mine.smooth.1": pointer])
/// // In a primitive's `emit`:
/// if writer.kernels.contains(kernels) { return writer.call("mine.smooth.1", inputs, [:], results) }
/// ```
/// The functions take an `XLA_FFI_CallFrame *` and return an `XLA_FFI_Error *`, as XLA's foreign function interface has it. A
/// target's name should change with its meaning, since compiled programs outlive the program that made them.
public struct KernelModule: @unchecked Sendable {
  /// What an engine's `kernels` call it.
  public let set: KernelSet
  let handlers: [(target: String, handler: UnsafeMutableRawPointer)]

  /// - Parameter handlers: by the names of their targets; they must stay where they are until the process ends.
  public init(_ name: String, handlers: KeyValuePairs<String, UnsafeMutableRawPointer>) {
    set = KernelSet(name)
    self.handlers = handlers.map { ($0, $1) }
  }

  /// The names under which programs call them.
  public var targets: [String] { handlers.map(\.target) }
}
