import PJRT

/// A function traced and compiled once, to be run many times.
///
/// ```swift
/// let decay = try Program([TensorType(.float32, [3])], aliases: [0: 0]) { [$0[0] * 0.5] }
/// var state = try Tensor([1, 2, 3] as [Float]).evaluate()
/// for _ in 0..<3 { state = try decay([state])[0] }
/// print(try state.values(as: Float.self))  // [0.125, 0.25, 0.375]
/// ```
public struct Program: Sendable {
  public let inputs: [TensorType]
  public let results: [TensorType]
  /// The devices that run the program, each a copy of it; see ``DeviceAxis``.
  public let devices: Int
  /// The StableHLO text.
  public let text: String
  private let executable: Executable
  /// For each device the arrays that the body uses from outside.
  private let arrays: [[Buffer]]
  private let engine: Engine

  /// Traces `body` on arguments of the given types and compiles it.
  ///
  /// - Parameters:
  ///   - aliases: for an argument's index the result of the same type that may take over its memory. Such an
  ///     argument can't be used again once the program has run.
  ///   - devices: how many devices run a copy of the program each, the engine's first ones.
  ///   - body: arrays that it uses from outside are handed to every run.
  /// - Throws: ``Diagnostic`` if an operation failed, `EngineError` if the program doesn't compile or the engine has fewer
  ///   devices.
  public init(
    _ inputs: [TensorType], aliases: [Int: Int] = [:], devices: Int = 1, on engine: Engine? = nil,
    _ body: ([Tensor]) throws -> [Tensor]
  ) throws {
    let parameters = inputs.map { Tensor(Placeholder($0), []) }
    let outputs = try body(parameters)
    let engine = try engine ?? Engine.shared()
    let lowering = try Lowering(outputs, of: parameters, aliases: aliases, devices: devices, kernels: engine.kernels)
    self.inputs = inputs
    self.engine = engine
    self.devices = devices
    text = lowering.text
    results = outputs.map(\.type)
    executable = try engine.compile(
      lowering.text,
      options: CompileOptions(replicas: devices, processes: devices / engine.localCount(of: devices)))
    arrays = try Self.perDevice(lowering.arrays, devices, on: engine)
  }

  /// The memory that the program takes while it runs.
  /// - Throws: `EngineError` if the engine doesn't know.
  public func memoryUse() throws -> MemoryUse { try executable.memoryUse() }

  /// Runs the program. The call returns at once; reading a result waits for it.
  ///
  /// Of several devices each gets its own array of an argument that is on all of them (``Tensor/init(perDevice:)``, or the
  /// result of another program), and the same array of any other. The results are on all of them.
  /// - Throws: ``Diagnostic`` if the arguments aren't of the traced types.
  public func callAsFunction(
    _ arguments: [Tensor], file: String = #fileID, line: Int = #line
  ) throws -> [Tensor] {
    guard arguments.map(\.type) == inputs else {
      if let diagnostic = arguments.lazy.compactMap(\.diagnostic).first { throw diagnostic }
      throw Diagnostic(
        operation: "program", message: "was traced for (\(inputs.map(\.description).joined(separator: ", ")))",
        inputs: arguments.map(\.type), file: file, line: line)
    }
    let own = try Self.perDevice(arguments, devices, on: engine)
    if devices == 1 { return try executable.execute(own[0] + arrays[0]).map { Tensor($0) } }
    let outputs = try executable.execute(perDevice: zip(own, arrays).map { $0 + $1 })
    return results.indices.map { result in Tensor(buffers: outputs.map { $0[result] }) }
  }

  /// The tensors' buffers on each device of this process.
  private static func perDevice(_ tensors: [Tensor], _ devices: Int, on engine: Engine) throws -> [[Buffer]] {
    let count = engine.localCount(of: devices)
    let buffers = try tensors.map { try $0.buffers(count, on: engine) }
    return (0..<count).map { device in buffers.map { $0[device] } }
  }
}

/// Compiles a function of tensors, arrays, trees and other groups, to be called many times.
///
/// ```swift
/// let weights = TensorTree([("w", Tensor.ones([3]))])
/// let step = try compiled(for: weights, Tensor.zeros([3])) { weights, x in
///   weights.mapValues { $0 - x * 0.1 }
/// }
/// var state = weights
/// for _ in 0..<5 { state = try step(state, Tensor.ones([3])) }
/// print(try state["w"]?.values(as: Float.self) ?? [])
/// ```
/// - Parameters:
///   - examples: groups of the structures and types that the function will be called with. Their values don't matter.
///   - body: traced once. Arrays that it uses from outside are handed to every run.
/// - Returns: a function of groups like the examples. It throws as ``Program/callAsFunction(_:)`` does.
/// - Throws: as ``Program/init(_:aliases:on:_:)``.
public func compiled<each Input: TensorGroup, Output: TensorGroup>(
  for examples: repeat each Input, on engine: Engine? = nil, body: (repeat each Input) throws -> Output
) throws -> @Sendable (repeat each Input) throws -> Output {
  try compiled(repeat each examples, on: engine, outputs: { Structure($0) }, body: body)
}

/// As ``compiled(for:on:body:)``, for a function that returns two groups.
public func compiled<each Input: TensorGroup, First: TensorGroup, Second: TensorGroup>(
  for examples: repeat each Input, on engine: Engine? = nil, body: (repeat each Input) throws -> (First, Second)
) throws -> @Sendable (repeat each Input) throws -> (First, Second) {
  try compiled(repeat each examples, on: engine, outputs: { Structure($0) }, body: body)
}

private func compiled<each Input: TensorGroup, Output>(
  _ examples: repeat each Input, on engine: Engine?, outputs: (Output) -> Structure<Output>,
  body: (repeat each Input) throws -> Output
) throws -> @Sendable (repeat each Input) throws -> Output {
  var types: [TensorType] = []
  for example in repeat each examples { types += example.tensors.map(\.type) }
  var structure: Structure<Output>?
  let program = try Program(types, on: engine) { arguments in
    var rest = arguments[...]
    let output = outputs(try body(repeat (each examples).taking(from: &rest)))
    structure = output
    return output.tensors
  }
  guard let structure else { throw Diagnostic(operation: "compile", message: "the function wasn't traced") }
  return { (inputs: repeat each Input) in
    var arguments: [Tensor] = []
    for input in repeat each inputs { arguments += input.tensors }
    return structure.make(try program(arguments))
  }
}
