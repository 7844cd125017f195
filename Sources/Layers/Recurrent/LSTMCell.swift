/// Long short-term memory (Hochreiter and Schmidhuber 1997; forget gate by Gers et al. 2000).
///
/// With gates `i, f, o` (sigmoid) and candidate `g` (tanh), each of `x·kernel + bias + h·recurrent`:
/// `c' = f·c + i·g`, `h' = o·tanh(c')`. States are `h` and `c`, the output is `h'`.
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
