/// The same values, none of which is there before all are: XLA moves and joins nothing across.
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

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    let names = inputs.map(\.name).joined(separator: ", ")
    return writer.assign(
      "stablehlo.optimization_barrier \(names) : \(results.map(\.description).joined(separator: ", "))", results)
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] { cotangents }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs.batched(isBatched, size))
  }
}
