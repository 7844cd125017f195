/// `h' = f(x·kernel + bias + h·recurrent)` (Elman 1990); its output is the state.
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
