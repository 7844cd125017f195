/// Other elements of the same value: floats round to nearest, floats to integers truncate, to bool is "not 0".
struct Convert: Primitive, Literal {
  static let name = "convert"
  let dtype: DType

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    [TensorType(dtype, inputs[0].shape)]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    writer.assign("stablehlo.convert \(inputs[0]) : (\(inputs[0].type)) -> \(results[0])", results)
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    guard dtype.isFloatingPoint, inputs[0].dtype.isFloatingPoint else { return [nil] }
    return [cotangents[0].cast(to: inputs[0].dtype)]
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs)
  }
}
