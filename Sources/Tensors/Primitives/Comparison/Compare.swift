/// An elementwise comparison; comparisons with NaN are false, but for "not equal".
struct Compare: NonDifferentiable {
  static let name = "compare"
  enum Direction: String {
    case equal = "EQ", notEqual = "NE", less = "LT", lessOrEqual = "LE", greater = "GT", greaterOrEqual = "GE"
  }
  let direction: Direction

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try requireEqual(inputs)
    return [TensorType(.bool, inputs[0].shape)]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    [writer.compare(direction, inputs[0], inputs[1])]
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs.batched(isBatched, size))
  }
}
