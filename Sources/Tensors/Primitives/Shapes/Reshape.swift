/// The same elements in row-major order under another shape.
struct Reshape: Primitive {
  static let name = "reshape"
  let shape: Shape

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    guard shape.allSatisfy({ $0 >= 0 }), shape.elementCount == inputs[0].shape.elementCount else {
      throw ShapeError("\(inputs[0].shape.elementCount) elements don't fill \(shape)")
    }
    return [TensorType(inputs[0].dtype, shape)]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    writer.assign("stablehlo.reshape \(inputs[0]) : (\(inputs[0].type)) -> \(results[0])", results)
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    [cotangents[0].reshape(to: inputs[0].shape)]
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(Reshape(shape: shape.prepending(size)), to: inputs)
  }
}
