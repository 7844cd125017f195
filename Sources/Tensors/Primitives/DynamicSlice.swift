/// A block of fixed size whose start is given at run time: an integer scalar an axis after the tensor.
/// Starts are clamped so that the block stays inside.
struct DynamicSlice: Primitive {
  static let name = "dynamicSlice"
  let sizes: [Int]

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let shape = inputs[0].shape
    try checkStarts(inputs.dropFirst(), rank: shape.rank)
    guard sizes.count == shape.rank, zip(sizes, shape).allSatisfy({ 0...$1 ~= $0 }) else {
      throw ShapeError("a block of \(Shape(sizes)) isn't inside \(shape)")
    }
    return [TensorType(inputs[0].dtype, Shape(sizes))]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    let names = inputs.map(\.name).joined(separator: ", ")
    let types = inputs.map(\.type.description).joined(separator: ", ")
    return writer.assign(
      "stablehlo.dynamic_slice \(names), sizes = \(sizes) : (\(types)) -> \(results[0])", results)
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    let zeros = Tensor(0, dtype: cotangents[0].dtype).broadcast(to: inputs[0].shape)
    let update = Tensor(DynamicUpdateSlice(), [zeros, cotangents[0]] + inputs.dropFirst())
    return [update] + inputs.dropFirst().map { _ in nil }
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    if !isBatched.dropFirst().contains(true) {
      let start = Tensor(0, dtype: inputs.dropFirst().first?.dtype ?? .int32)
      return Tensor.apply(DynamicSlice(sizes: [size] + sizes), to: [inputs[0], start] + inputs.dropFirst())
    }
    return mapped(self, inputs, isBatched, size: size)
  }
}

/// - Throws: unless there is one integer scalar an axis.
func checkStarts(_ starts: ArraySlice<TensorType>, rank: Int) throws(ShapeError) {
  guard starts.count == rank, starts.allSatisfy({ $0.shape.rank == 0 && $0.dtype.isInteger && $0 == starts.first })
  else { throw ShapeError("\(starts.count) starts for \(rank) axes: one integer scalar of one type an axis is needed") }
}

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
