/// The two linear maps that the usual cells are made of: of the inputs, for all steps at once, and of the hidden
/// state.
struct GatedMaps {
  var units: Int
  /// Blocks of `units` columns in each kernel.
  var gates: Int
  var convention: RecurrentConvention
  var hasRecurrentBias: Bool
  /// Instead of the convention's.
  var bias: (any Initializer)?

  /// `[batch, time, inputs]` to `[batch, time, gates·units]`.
  func inputs(_ sequence: Tensor, in scope: Scope) -> Tensor {
    guard units >= 1, units < 1 << 20, sequence.rank == 3 else {
      let message = "takes sequences [batch, time, inputs] and has 1 unit or more, not \(units)"
      return .failed(Diagnostic(operation: "recurrent cell", message: message, inputs: [sequence.type]))
    }
    let initializers = convention.initializers(units: units)
    return sequence.matmul(scope.parameter("kernel", [sequence.shape.last, gates * units], initializers.kernel))
      + scope.parameter("bias", [gates * units], bias ?? initializers.bias)
  }

  /// The hidden state's part, a tensor `[batch, units]` a gate.
  func recurrent(_ state: Tensor, in scope: Scope) -> [Tensor] {
    let kernel = recurrentKernel(in: scope)
    guard hasRecurrentBias else { return split(state.matmul(kernel)) }
    let bias = scope["recurrent"].parameter("bias", [gates * units], convention.initializers(units: units).bias)
    return split(state.matmul(kernel) + bias)
  }

  /// `[units, gates·units]`.
  func recurrentKernel(in scope: Scope) -> Tensor {
    scope["recurrent"].parameter("kernel", [units, gates * units], convention.initializers(units: units).recurrent)
  }

  /// A tensor `[…, units]` a gate.
  func split(_ tensor: Tensor) -> [Tensor] {
    (0..<gates).map { tensor.slice($0 * units..<($0 + 1) * units, axis: -1) }
  }
}
