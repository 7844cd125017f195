/// Each element replaced by the sum of those up to it along an axis, from the end if reversed.
struct CumulativeSum: Primitive {
  static let name = "cumulativeSum"
  let axis: Int
  var isReversed = false

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try ElementDomain.numeric.check(inputs)
    guard inputs[0].shape.indices.contains(axis) else { throw ShapeError("no axis \(axis) in \(inputs[0].shape)") }
    return inputs
  }

  /// A window as long as the axis, which XLA rewrites into a tree of short ones.
  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    let shape = inputs[0].type.shape
    let before = shape.indices.map { $0 == axis ? shape[axis] - 1 : 0 }
    let none = shape.map { _ in 0 }
    return writer.reduceWindow(
      inputs[0], by: "add", from: Sum.identity(inputs[0].type.dtype), window: before.map { $0 + 1 },
      strides: none.map { _ in 1 }, low: isReversed ? none : before, high: isReversed ? before : none,
      result: results[0])
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    Tensor.apply(CumulativeSum(axis: axis, isReversed: !isReversed), to: cotangents)
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(CumulativeSum(axis: axis + 1, isReversed: isReversed), to: inputs)
  }
}
