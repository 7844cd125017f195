/// The same values under another node, so that a derivative can be taken there and nowhere else.
struct Identity: Primitive {
  static let name = "identity"
  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] { [inputs[0]] }
  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] { inputs }
  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] { cotangents }
  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs)
  }
}
