/// Elements from `start` up to `limit` in steps of `strides`, with one entry per axis.
struct Slice: Primitive {
  static let name = "slice"
  let start: [Int]
  let limit: [Int]
  let strides: [Int]

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let shape = inputs[0].shape
    guard start.count == shape.rank, limit.count == shape.rank, strides.count == shape.rank else {
      throw ShapeError("bounds for \(start.count) axes, but the tensor has \(shape.rank)")
    }
    for axis in shape.indices
    where start[axis] < 0 || limit[axis] > shape[axis] || start[axis] > limit[axis] || strides[axis] < 1 {
      throw ShapeError(
        "\(start[axis])..<\(limit[axis]) by \(strides[axis]) isn't inside axis \(axis) of \(shape)")
    }
    return [
      TensorType(
        inputs[0].dtype,
        Shape(shape.indices.map { limit[$0] > start[$0] ? (limit[$0] - start[$0] - 1) / strides[$0] + 1 : 0 }))
    ]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    let bounds = start.indices.map { "\(start[$0]):\(limit[$0]):\(min(strides[$0], limit[$0] - start[$0]))" }
      .joined(separator: ", ")
    return writer.assign(
      "stablehlo.slice \(inputs[0]) [\(bounds)] : (\(inputs[0].type)) -> \(results[0])", results)
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    let shape = inputs[0].shape
    // From the slice's last element to the input's end.
    let high = shape.indices.map { axis in
      let extent = results[0].shape[axis]
      return shape[axis] - start[axis] - (extent == 0 ? 0 : (extent - 1) * strides[axis] + 1)
    }
    let between = shape.indices.map { results[0].shape[$0] > 1 ? strides[$0] - 1 : 0 }
    return [
      Tensor(Pad(low: start, high: high, interior: between), [cotangents[0], Tensor(0, dtype: cotangents[0].dtype)])
    ]
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(Slice(start: [0] + start, limit: [size] + limit, strides: [1] + strides), to: inputs)
  }
}
