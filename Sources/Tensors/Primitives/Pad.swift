/// Surrounds a tensor with a scalar, its second input; `interior` many are inserted between elements, and negative
/// edges crop.
struct Pad: Primitive {
  static let name = "pad"
  let low: [Int]
  let high: [Int]
  let interior: [Int]

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let shape = inputs[0].shape
    guard inputs[1] == TensorType(inputs[0].dtype, []) else {
      throw ShapeError("the padding must be a scalar of type \(inputs[0].dtype)")
    }
    guard low.count == shape.rank, high.count == shape.rank, interior.count == shape.rank else {
      throw ShapeError("padding for \(low.count) axes, but the tensor has \(shape.rank)")
    }
    // Beyond any extent, sums might overflow.
    guard (low + high + interior).allSatisfy({ $0.magnitude < 1 << 45 }),
      !zip(shape, interior).contains(where: { $0.multipliedReportingOverflow(by: $1).overflow })
    else { throw ShapeError("padding by \(low), \(high), \(interior) is beyond any tensor") }
    let result = shape.indices.map { low[$0] + shape[$0] + max(0, shape[$0] - 1) * interior[$0] + high[$0] }
    guard result.allSatisfy({ $0 >= 0 }), interior.allSatisfy({ $0 >= 0 }) else {
      throw ShapeError("padding by \(low), \(high), \(interior) leaves \(Shape(result)) of \(shape)")
    }
    return [TensorType(inputs[0].dtype, Shape(result))]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    writer.assign(
      "stablehlo.pad \(inputs[0]), \(inputs[1]), low = \(low), high = \(high), interior = \(interior) : "
        + "(\(inputs[0].type), \(inputs[1].type)) -> \(results[0])", results)
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    // Padding by the negative edges crops to the elements, which then stand interior + 1 apart.
    let none = interior.map { _ in 0 }
    let zero = Tensor(0, dtype: cotangents[0].dtype)
    let cropped = Tensor(Pad(low: low.map { -$0 }, high: high.map { -$0 }, interior: none), [cotangents[0], zero])
    let input = Tensor(
      Slice(start: none, limit: cropped.shape.dimensions, strides: interior.map { $0 + 1 }), [cropped])
    let isPadding = Tensor(self, [Tensor(false).broadcast(to: inputs[0].shape), Tensor(true)])
    return [input, cotangents[0].replaced(where: .!isPadding, by: 0).sum()]
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    guard isBatched[1] else {
      return Tensor.apply(Pad(low: [0] + low, high: [0] + high, interior: [0] + interior), to: inputs)
    }
    // Each member has a padding of its own: pad with 0 and choose by a mask of the inside.
    let input = isBatched[0] ? inputs[0] : inputs[0].repeated(size)
    let wide = Pad(low: [0] + low, high: [0] + high, interior: [0] + interior)
    let inside = Tensor(wide, [Tensor(true).broadcast(to: input.shape), Tensor(false)])
    let padded = Tensor(wide, [input, Tensor(0, dtype: input.dtype)])
    let filling = Tensor(Broadcast(shape: padded.shape, axes: [0]), [inputs[1]])
    return [Tensor(Select(), [inside, padded, filling])]
  }
}
