/// The first input with a block replaced by the second, at a start given at run time (clamped to fit).
struct DynamicUpdateSlice: Primitive {
  static let name = "dynamicUpdateSlice"

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let (shape, update) = (inputs[0].shape, inputs[1].shape)
    try checkStarts(inputs.dropFirst(2), rank: shape.rank)
    guard inputs[0].dtype == inputs[1].dtype, update.rank == shape.rank, zip(update, shape).allSatisfy(<=) else {
      throw ShapeError("a block \(inputs[1].dtype)\(update) doesn't fit into \(inputs[0].dtype)\(shape)")
    }
    return [inputs[0]]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    let names = inputs.map(\.name).joined(separator: ", ")
    let types = inputs.map(\.type.description).joined(separator: ", ")
    return writer.assign("stablehlo.dynamic_update_slice \(names) : (\(types)) -> \(results[0])", results)
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    let starts = Array(inputs.dropFirst(2))
    let hole = Tensor(DynamicUpdateSlice(), [cotangents[0], inputs[1].zerosLike()] + starts)
    let block = Tensor(DynamicSlice(sizes: inputs[1].shape.dimensions), [cotangents[0]] + starts)
    return [hole, block] + starts.map { _ in nil }
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    if !isBatched.dropFirst(2).contains(true) {
      let blocks = Array(inputs.prefix(2)).batched(Array(isBatched.prefix(2)), size)
      let start = Tensor(0, dtype: inputs.dropFirst(2).first?.dtype ?? .int32)
      return Tensor.apply(self, to: blocks + [start] + inputs.dropFirst(2))
    }
    return mapped(self, inputs, isBatched, size: size)
  }
}
