/// An elementwise comparison; comparisons with NaN are false, but for "not equal".
struct Compare: NonDifferentiable {
  static let name = "compare"
  enum Direction: String { case equal = "EQ", notEqual = "NE", less = "LT", lessOrEqual = "LE", greater = "GT", greaterOrEqual = "GE" }
  let direction: Direction

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try requireEqual(inputs)
    return [TensorType(.bool, inputs[0].shape)]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    let dtype = inputs[0].type.dtype
    let kind = dtype.isFloatingPoint ? "FLOAT" : dtype.isUnsigned || dtype == .bool ? "UNSIGNED" : "SIGNED"
    return writer.assign(
      "stablehlo.compare \(direction.rawValue), \(inputs[0]), \(inputs[1]), \(kind) : "
        + "(\(inputs[0].type), \(inputs[1].type)) -> \(results[0])", results)
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs.batched(isBatched, size))
  }
}
