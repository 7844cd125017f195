/// Repeats a tensor along new or unit axes. Its pullback is the one place where cotangents are summed to shape.
struct Broadcast: Primitive, Literal {
  static let name = "broadcast"
  let shape: Shape
  /// Which axis of the result each axis of the input becomes.
  let axes: [Int]

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let input = inputs[0].shape
    guard axes.count == input.rank else { throw ShapeError("\(axes.count) axes for a tensor of rank \(input.rank)") }
    guard shape.allSatisfy({ $0 >= 0 }) else { throw ShapeError("\(shape) has a negative extent") }
    guard zip(axes, axes.dropFirst()).allSatisfy(<) else { throw ShapeError("axes \(axes) aren't increasing") }
    for (axis, target) in axes.enumerated() {
      guard target >= 0, target < shape.rank, input[axis] == 1 || input[axis] == shape[target] else {
        throw ShapeError("axis \(axis) of \(input) doesn't fit axis \(target) of \(shape)")
      }
    }
    return [TensorType(inputs[0].dtype, shape)]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    writer.assign(
      "stablehlo.broadcast_in_dim \(inputs[0]), dims = \(axes) : (\(inputs[0].type)) -> \(results[0])", results)
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    let input = inputs[0].shape
    let summed = shape.indices.filter { index in
      guard let axis = axes.firstIndex(of: index) else { return true }
      return input[axis] != shape[index]
    }
    let sum = summed.isEmpty ? cotangents[0] : Tensor(Sum(axes: summed), [cotangents[0]])
    return [sum.shape == input ? sum : sum.reshape(to: input)]
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(Broadcast(shape: shape.prepending(size), axes: [0] + axes.map { $0 + 1 }), to: inputs)
  }
}
