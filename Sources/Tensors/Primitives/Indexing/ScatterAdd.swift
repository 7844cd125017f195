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
