/// The gated recurrent unit (Cho et al. 2014).
///
/// With the gates `z` (update) and `r` (reset), each `sigmoid(x·kernel + bias + h·recurrent)`:
/// `h' = z·h + (1 - z)·n`, where the candidate `n` is, by ``reset``,
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
