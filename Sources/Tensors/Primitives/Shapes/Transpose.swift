/// Axes in another order: axis `i` of the result is axis `permutation[i]` of the input.
struct Transpose: Primitive {
  static let name = "transpose"
  let permutation: [Int]

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    guard permutation.sorted() == Array(0..<inputs[0].shape.rank) else {
      throw ShapeError("\(permutation) is no permutation of the axes of \(inputs[0].shape)")
    }
    return [TensorType(inputs[0].dtype, Shape(permutation.map { inputs[0].shape[$0] }))]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    writer.assign(
      "stablehlo.transpose \(inputs[0]), dims = \(permutation) : (\(inputs[0].type)) -> \(results[0])", results)
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    var inverse = permutation
    for (index, axis) in permutation.enumerated() { inverse[axis] = index }
    return [Tensor(Transpose(permutation: inverse), [cotangents[0]])]
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(Transpose(permutation: [0] + permutation.map { $0 + 1 }), to: inputs)
  }
}
