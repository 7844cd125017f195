/// The same elements in row-major order under another shape.
struct Reshape: Primitive {
  static let name = "reshape"
  let shape: Shape

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    guard shape.allSatisfy({ $0 >= 0 }), shape.elementCount == inputs[0].shape.elementCount else {
      throw ShapeError("\(inputs[0].shape.elementCount) elements don't fill \(shape)")
    }
    return [TensorType(inputs[0].dtype, shape)]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    writer.assign("stablehlo.reshape \(inputs[0]) : (\(inputs[0].type)) -> \(results[0])", results)
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    [cotangents[0].reshape(to: inputs[0].shape)]
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(Reshape(shape: shape.prepending(size)), to: inputs)
  }
}

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

/// Elements in reverse order along some axes.
struct Reverse: Primitive {
  static let name = "reverse"
  let axes: [Int]

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    guard Set(axes).count == axes.count, axes.allSatisfy(inputs[0].shape.indices.contains) else {
      throw ShapeError("\(axes) aren't distinct axes of \(inputs[0].shape)")
    }
    return [inputs[0]]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    writer.assign("stablehlo.reverse \(inputs[0]), dims = \(axes) : \(results[0])", results)
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    Tensor.apply(self, to: cotangents)
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(Reverse(axes: axes.map { $0 + 1 }), to: inputs)
  }
}

/// Repeats a tensor along new or unit axes. Its pullback is the one place where cotangents are summed to shape.
struct Broadcast: Primitive, Rematerializable {
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

/// Tensors joined along an axis that all of them have.
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
