/// Elements in reverse order along some axes.
struct Reverse: Primitive {
  static let name = "reverse"
  let axes: [Int]

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    guard Set(axes).count == axes.count, axes.allSatisfy(inputs[0].shape.indices.contains) else {
      throw ShapeError("\(axes) aren't distinct axes of \(inputs[0].shape)")
    }
    return [inputs[0]]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    writer.assign("stablehlo.reverse \(inputs[0]), dims = \(axes) : \(results[0])", results)
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    Tensor.apply(self, to: cotangents)
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(Reverse(axes: axes.map { $0 + 1 }), to: inputs)
  }
}
