/// A traced function whose intermediate values the gradient computes again instead of storing them.
///
/// Chen et al., Training deep nets with sublinear memory cost (2016). The inputs are what the function captures.
struct Checkpoint: Primitive {
  static let name = "checkpoint"
  let body: Subgraph

  var resultCount: Int { body.results.count }

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] { body.results.map(\.type) }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    writer.inline(body, inputs)
  }

  /// The barrier delays the second run until the cotangents are known; otherwise XLA would merge it with the first.
  /// Results that nothing depends on, such as running statistics, aren't pulled back.
  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    let needed = cotangents.indices.filter { !cotangents[$0].isWrittenAsZeros }
    let delayed = inputs + needed.map { cotangents[$0] }
    let held = Tensor.apply(Barrier(count: delayed.count), to: delayed)
    var heldCotangents: [Tensor?] = cotangents.map { _ in nil }
    for (place, cotangent) in zip(needed, held.dropFirst(inputs.count)) { heldCotangents[place] = cotangent }
    let smooth = inputs.indices.filter { inputs[$0].dtype.isFloatingPoint }
    let pulled = body.pulledBack(Array(held.prefix(inputs.count)), heldCotangents, at: smooth)
    var found: [Tensor?] = inputs.map { _ in nil }
    for (place, cotangent) in zip(smooth, pulled) { found[place] = cotangent }
    return found
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.checkpoint(Subgraph { Tensors.vectorized(body, inputs, isBatched, size: size) })
  }
}

/// The same values, none of which is available before all are: XLA moves and merges nothing across it.
struct Barrier: Primitive {
  static let name = "barrier"
  let count: Int

  var resultCount: Int { count }

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    guard count > 0, inputs.count == count else {
      throw ShapeError("\(inputs.count) tensors for a barrier of \(count)")
    }
    return inputs
  }

  /// On the CPU XLA removes its own barriers before it merges equal operations.
  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    if writer.kernels.contains(.barrier) { return writer.callInPlace("barrier.1", inputs) }
    let names = inputs.map(\.name).joined(separator: ", ")
    return writer.assign(
      "stablehlo.optimization_barrier \(names) : \(results.map(\.description).joined(separator: ", "))", results)
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] { cotangents }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs.batched(isBatched, size))
  }
}

extension Tensor {
  /// Whether it is made of the constant 0, as cotangents are of what nothing depends on.
  fileprivate var isWrittenAsZeros: Bool {
    switch node.primitive {
    case let constant as Constant: constant.isInline && constant.array.bytes.allSatisfy { $0 == 0 }
    case is Broadcast, is Convert: node.inputs[0].isWrittenAsZeros
    default: false
    }
  }
}
