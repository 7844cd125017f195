/// Whether each element is neither infinite nor NaN.
struct IsFinite: NonDifferentiable {
  static let name = "isFinite"

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try ElementDomain.floatingPoint.check(inputs)
    return [TensorType(.bool, inputs[0].shape)]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    writer.assign("stablehlo.is_finite \(inputs[0]) : (\(inputs[0].type)) -> \(results[0])", results)
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs)
  }
}
