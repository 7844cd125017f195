/// Tensors one after the other along an axis that is there in each.
struct Concatenate: Primitive {
  static let name = "concatenate"
  let axis: Int

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    guard let first = inputs.first else { throw ShapeError("nothing to concatenate") }
    guard first.shape.indices.contains(axis) else { throw ShapeError("no axis \(axis) in \(first.shape)") }
    for input in inputs
    where input.dtype != first.dtype || input.shape.rank != first.shape.rank
      || input.shape.removing(axes: [axis]) != first.shape.removing(axes: [axis])
    {
      throw ShapeError("\(input.dtype)\(input.shape) doesn't join \(first.dtype)\(first.shape) along axis \(axis)")
    }
    let extent = inputs.reduce(0) { $0 + $1.shape[axis] }
    return [TensorType(first.dtype, first.shape.replacing(axis: axis, with: extent))]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    let names = inputs.map(\.name).joined(separator: ", ")
    let types = inputs.map(\.type.description).joined(separator: ", ")
    let joined = writer.assign("stablehlo.concatenate \(names), dim = \(axis) : (\(types)) -> \(results[0])", results)
    if axis == results[0].shape.rank - 1 { writer.note(joined[0], joins: inputs) }
    return joined
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    var start = 0
    return inputs.map { input in
      defer { start += input.shape[axis] }
      return cotangents[0].slice(start..<start + input.shape[axis], axis: axis)
    }
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(Concatenate(axis: axis + 1), to: inputs.batched(isBatched, size))
  }
}
