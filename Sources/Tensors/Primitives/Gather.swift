/// Slices along `axis` at integer indices of any shape; the first `batchCount` axes of both inputs run together.
///
/// With operand `[B…, P…, n, S…]` (`axis` points at `n`) and indices `[B…, I…]` the result is
/// `[B…, P…, I…, S…]`. Indices must be inside `0..<n`; ``Tensor/take(_:axis:file:line:)`` clamps them.
struct Gather: Primitive {
  static let name = "gather"
  let axis: Int
  var batchCount = 0

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try checkIndices(inputs[0].shape, inputs[1])
    guard inputs[0].shape[axis] > 0 || inputs[1].shape.contains(0) else {
      throw ShapeError("axis \(axis) of \(inputs[0].shape) has no elements to take")
    }
    return [TensorType(inputs[0].dtype, resultShape(inputs[0].shape, inputs[1].shape))]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    let (operand, indices) = (inputs[0].type.shape, inputs[1].type.shape)
    let sizes = operand.enumerated().map { $0.offset < batchCount || $0.offset == axis ? 1 : $0.element }
    let numbers =
      [
        ("offset_dims", windowAxes(operand, indices)), ("collapsed_slice_dims", [axis]),
        ("operand_batching_dims", Array(0..<batchCount)), ("start_indices_batching_dims", Array(0..<batchCount)),
        ("start_index_map", [axis]),
      ].filter { !$0.1.isEmpty }.map { "\($0.0) = \($0.1)" } + ["index_vector_dim = \(indices.rank)"]
    return writer.assign(
      "\"stablehlo.gather\"(\(inputs[0]), \(inputs[1])) <{dimension_numbers = #stablehlo.gather<"
        + numbers.joined(separator: ", ") + ">, indices_are_sorted = false, slice_sizes = array<i64: "
        + sizes.map(String.init).joined(separator: ", ")
        + ">}> : (\(inputs[0].type), \(inputs[1].type)) -> \(results[0])", results)
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    let zeros = Tensor(0, dtype: cotangents[0].dtype).broadcast(to: inputs[0].shape)
    return [Tensor(ScatterAdd(geometry: self), [zeros, inputs[1], cotangents[0]]), nil]
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    if !isBatched[1], batchCount == 0 {
      return Tensor.apply(Gather(axis: axis + 1), to: inputs)
    }
    if !isBatched[0], batchCount == 0 {
      return [Tensor(self, inputs).moveAxis(from: axis, to: 0)]
    }
    return Tensor.apply(Gather(axis: axis + 1, batchCount: batchCount + 1), to: inputs.batched(isBatched, size))
  }

  func resultShape(_ operand: Shape, _ indices: Shape) -> Shape {
    Shape(Array(operand.prefix(axis)) + indices.dropFirst(batchCount) + operand.dropFirst(axis + 1))
  }

  /// The result's axes that come from the operand and aren't batch axes.
  func windowAxes(_ operand: Shape, _ indices: Shape) -> [Int] {
    let inner = indices.rank - batchCount
    return Array(batchCount..<axis) + Array(axis + inner..<operand.rank - 1 + inner)
  }

  func checkIndices(_ operand: Shape, _ indices: TensorType) throws(ShapeError) {
    guard indices.dtype.isInteger else { throw ShapeError("indices must be integers, not \(indices.dtype)") }
    guard operand.indices.contains(axis), axis >= batchCount, indices.shape.rank >= batchCount,
      operand.prefix(batchCount).elementsEqual(indices.shape.prefix(batchCount))
    else { throw ShapeError("indices \(indices.shape) don't fit axis \(axis) of \(operand)") }
  }
}

/// Adds updates to the first input where a gather of the same geometry would read; equal indices accumulate,
/// indices outside are skipped. Inputs: operand, indices, updates of the gather's result shape.
struct ScatterAdd: Primitive {
  static let name = "scatterAdd"
  let geometry: Gather

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try ElementDomain.numeric.check([inputs[0]])
    try geometry.checkIndices(inputs[0].shape, inputs[1])
    let expected = TensorType(inputs[0].dtype, geometry.resultShape(inputs[0].shape, inputs[1].shape))
    guard inputs[2] == expected else {
      throw ShapeError("updates are \(inputs[2].dtype)\(inputs[2].shape), not \(expected.dtype)\(expected.shape)")
    }
    return [inputs[0]]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    let (operand, indices) = (inputs[0].type.shape, inputs[1].type.shape)
    let batch = Array(0..<geometry.batchCount)
    let numbers =
      [
        ("update_window_dims", geometry.windowAxes(operand, indices)), ("inserted_window_dims", [geometry.axis]),
        ("input_batching_dims", batch), ("scatter_indices_batching_dims", batch),
        ("scatter_dims_to_operand_dims", [geometry.axis]),
      ].filter { !$0.1.isEmpty }.map { "\($0.0) = \($0.1)" } + ["index_vector_dim = \(indices.rank)"]
    let scalar = TensorType(results[0].dtype, [])
    let (x, y, sum) = (writer.fresh("%a"), writer.fresh("%a"), writer.fresh("%a"))
    return writer.assign(
      "\"stablehlo.scatter\"(\(inputs[0]), \(inputs[1]), \(inputs[2])) <{indices_are_sorted = false, "
        + "scatter_dimension_numbers = #stablehlo.scatter<\(numbers.joined(separator: ", "))>, "
        + "unique_indices = false}> ({ ^bb0(\(x): \(scalar), \(y): \(scalar)): "
        + "\(sum) = stablehlo.add \(x), \(y) : \(scalar) stablehlo.return \(sum) : \(scalar) }) : "
        + "(\(inputs[0].type), \(inputs[1].type), \(inputs[2].type)) -> \(results[0])", results)
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    [cotangents[0], nil, Tensor(geometry, [cotangents[0], inputs[1]])]
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(
      ScatterAdd(geometry: Gather(axis: geometry.axis + 1, batchCount: geometry.batchCount + 1)),
      to: inputs.batched(isBatched, size))
  }
}
