/// The same values, held constant by differentiation.
struct StopGradient: NonDifferentiable {
  static let name = "stopGradient"
  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] { [inputs[0]] }
  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] { inputs }
  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs)
  }
}
