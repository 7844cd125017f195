import PJRT

/// A function traced and compiled once, to be run many times.
public struct Program: Sendable {
  public let inputs: [TensorType]
  public let results: [TensorType]
  /// The StableHLO text.
  public let text: String
  private let executable: Executable
  private let arrays: [Buffer]
  private let engine: Engine

  /// Traces `body` on arguments of the given types and compiles it.
  ///
  /// - Parameters:
  ///   - aliases: for an argument's index the result of the same type that may take over its memory. Such an
  ///     argument is gone once the program has run.
  ///   - body: arrays it uses from outside are handed to every run.
  /// - Throws: ``Diagnostic`` if an operation failed, `EngineError` if the program doesn't compile.
  public init(
    _ inputs: [TensorType], aliases: [Int: Int] = [:], on engine: Engine? = nil,
    _ body: ([Tensor]) throws -> [Tensor]
  ) throws {
    let parameters = inputs.map { Tensor(Placeholder($0), []) }
    let outputs = try body(parameters)
    let engine = try engine ?? Engine.shared()
    let lowering = try Lowering(outputs, of: parameters, aliases: aliases, kernels: engine.kernels)
    self.inputs = inputs
    self.engine = engine
    text = lowering.text
    results = outputs.map(\.type)
    executable = try engine.compile(lowering.text)
    arrays = try lowering.arrays.map { try $0.buffer(on: engine) }
  }

  /// Runs the program. The call returns at once; reading a result waits for it.
  /// - Throws: ``Diagnostic`` if the arguments aren't of the traced types.
  public func callAsFunction(_ arguments: [Tensor]) throws -> [Tensor] {
    guard arguments.map(\.type) == inputs else {
      if let diagnostic = arguments.lazy.compactMap(\.diagnostic).first { throw diagnostic }
      throw Diagnostic(
        operation: "program", message: "was traced for (\(inputs.map(\.description).joined(separator: ", ")))",
        inputs: arguments.map(\.type))
    }
    let buffers = try arguments.map { try $0.buffer(on: engine) }
    return try executable.execute(buffers + arrays).map { Tensor($0) }
  }
}
