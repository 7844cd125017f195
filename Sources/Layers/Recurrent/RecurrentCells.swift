/// The framework whose recurrent cells are created, where frameworks differ.
///
/// | | `keras` | `pyTorch` |
/// |---|---|---|
/// | biases | one; two in a GRU that resets after the product | two: `bias` and `recurrent/bias` |
/// | initial kernels | Glorot uniform, recurrent ones orthogonal | uniform within ±1/sqrt(units) |
/// | initial biases | zeros, ones for an LSTM's forget gate | uniform within ±1/sqrt(units) |
/// | GRU gates in the kernels | update, reset, candidate | reset, update, candidate |
///
/// In both, an LSTM's gates are input, forget, candidate, output.
public enum RecurrentConvention: String, Sendable, Hashable, CaseIterable {
  case keras, pyTorch

  /// The initializers of kernel, recurrent kernel and biases of a cell with `units`.
  fileprivate func initializers(units: Int) -> (
    kernel: any Initializer, recurrent: any Initializer, bias: any Initializer
  ) {
    switch self {
    case .keras: return (.glorotUniform, .orthogonal(), .zeros)
    case .pyTorch:
      let uniform: any Initializer = .uniform(limit: 1 / Double(Swift.max(1, units)).squareRoot())
      return (uniform, uniform, uniform)
    }
  }
}

/// `h' = f(x·kernel + bias + h·recurrent)` (Elman 1990, https://doi.org/10.1207/s15516709cog1402_1). Its output is the
/// state.
public struct SimpleRNNCell: RecurrentCell {
  public var units: Int
  public var activation: any Activation
  public var convention: RecurrentConvention

  public init(_ units: Int, activation: any Activation = Tanh(), convention: RecurrentConvention = .keras) {
    self.units = units
    self.activation = activation
    self.convention = convention
  }

  private var maps: GatedMaps {
    GatedMaps(units: units, gates: 1, convention: convention, hasRecurrentBias: convention == .pyTorch)
  }

  public func stateShapes(for inputs: [Shape]) -> [Shape] { [[units]] }

  public func prepare(_ sequences: [Tensor], in scope: Scope) -> [Tensor] {
    sequences.map { maps.inputs($0, in: scope) }
  }

  public func step(
    _ inputs: [Tensor], states: [Tensor], in scope: Scope
  ) -> (outputs: [Tensor], states: [Tensor]) {
    let state = activation(inputs[0] + maps.recurrent(states[0], in: scope)[0])
    return ([state], [state])
  }
}

/// The gated recurrent unit (Cho et al. 2014, https://arxiv.org/abs/1406.1078).
///
/// With the gates `z` (update) and `r` (reset), each `sigmoid(x·kernel + bias + h·recurrent)`:
/// `h' = z·h + (1 - z)·n`, where the candidate `n` depends on ``reset``:
/// - `.after`: `tanh(x·kernel + bias + r·(h·recurrent + recurrentBias))` (Keras' `reset_after=True`; PyTorch);
/// - `.before`: `tanh(x·kernel + bias + (r·h)·recurrent)` (the paper; Keras' `reset_after=False`).
public struct GRUCell: RecurrentCell {
  /// Whether the reset gate acts before or after the product with the recurrent kernel.
  public enum Reset: String, Sendable, Hashable, CaseIterable { case after, before }

  public var units: Int
  public var reset: Reset
  public var convention: RecurrentConvention

  public init(_ units: Int, reset: Reset = .after, convention: RecurrentConvention = .keras) {
    self.units = units
    self.reset = reset
    self.convention = convention
  }

  private var maps: GatedMaps {
    GatedMaps(units: units, gates: 3, convention: convention, hasRecurrentBias: reset == .after)
  }

  public func stateShapes(for inputs: [Shape]) -> [Shape] { [[units]] }

  public func prepare(_ sequences: [Tensor], in scope: Scope) -> [Tensor] {
    sequences.map { maps.inputs($0, in: scope) }
  }

  public func step(
    _ inputs: [Tensor], states: [Tensor], in scope: Scope
  ) -> (outputs: [Tensor], states: [Tensor]) {
    let (own, hidden) = (maps.split(inputs[0]), states[0])
    let (update, resetGate) = convention == .keras ? (0, 1) : (1, 0)
    let next: (z: Tensor, candidate: Tensor)
    switch reset {
    case .after:
      let recurrent = maps.recurrent(hidden, in: scope)
      let r = (own[resetGate] + recurrent[resetGate]).sigmoid()
      next = ((own[update] + recurrent[update]).sigmoid(), (own[2] + r * recurrent[2]).tanh())
    case .before:
      let kernels = maps.split(maps.recurrentKernel(in: scope))
      func gate(_ index: Int, _ state: Tensor) -> Tensor { own[index] + state.matmul(kernels[index]) }
      let r = gate(resetGate, hidden).sigmoid()
      next = (gate(update, hidden).sigmoid(), gate(2, r * hidden).tanh())
    }
    let state = next.z * hidden + (1 - next.z) * next.candidate
    return ([state], [state])
  }
}

/// Long short-term memory (Hochreiter and Schmidhuber 1997, https://doi.org/10.1162/neco.1997.9.8.1735; forget gate by
/// Gers et al. 2000, https://doi.org/10.1162/089976600300015015).
///
/// With the gates `i, f, o` (sigmoid) and the candidate `g` (tanh), each applied to `x·kernel + bias + h·recurrent`:
/// `c' = f·c + i·g`, `h' = o·tanh(c')`. The states are `h` and `c`, the output is `h'`.
public struct LSTMCell: RecurrentCell {
  public var units: Int
  public var convention: RecurrentConvention

  public init(_ units: Int, convention: RecurrentConvention = .keras) {
    self.units = units
    self.convention = convention
  }

  private var maps: GatedMaps {
    GatedMaps(
      units: units, gates: 4, convention: convention, hasRecurrentBias: convention == .pyTorch,
      bias: convention == .keras ? ForgetBias() : nil)
  }

  public func stateShapes(for inputs: [Shape]) -> [Shape] { [[units], [units]] }

  public func prepare(_ sequences: [Tensor], in scope: Scope) -> [Tensor] {
    sequences.map { maps.inputs($0, in: scope) }
  }

  public func step(
    _ inputs: [Tensor], states: [Tensor], in scope: Scope
  ) -> (outputs: [Tensor], states: [Tensor]) {
    let sums = zip(maps.split(inputs[0]), maps.recurrent(states[0], in: scope)).map { $0 + $1 }
    let cell = sums[1].sigmoid() * states[1] + sums[0].sigmoid() * sums[2].tanh()
    let hidden = sums[3].sigmoid() * cell.tanh()
    return ([hidden], [hidden, cell])
  }
}

/// The two linear maps of gated cells: of the inputs, for all steps at once, and of the hidden state.
private struct GatedMaps {
  var units: Int
  /// Blocks of `units` columns in each kernel.
  var gates: Int
  var convention: RecurrentConvention
  var hasRecurrentBias: Bool
  /// Replaces the convention's initializer.
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

  /// The map of the hidden state, one tensor `[batch, units]` per gate.
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

  /// One tensor `[…, units]` per gate.
  func split(_ tensor: Tensor) -> [Tensor] {
    (0..<gates).map { tensor.slice($0 * units..<($0 + 1) * units, axis: -1) }
  }
}
