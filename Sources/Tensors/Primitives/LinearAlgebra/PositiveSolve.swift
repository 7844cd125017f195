/// X with A X = B for symmetric positive definite matrices A in the last two axes, by Cholesky's decomposition.
///
/// Only the lower triangle of A is read, and gets the whole gradient. X is NaN where A isn't positive definite.
struct PositiveSolve: Primitive {
  static let name = "positiveSolve"

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try TriangularSolve().resultTypes(for: inputs)
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    writer.callLinearAlgebra("positive_solve.2", inputs, results)
      ?? writer.inline(Subgraph(inputs.map(\.type), composed), inputs)
  }

  private func composed(_ inputs: [Tensor]) -> [Tensor] {
    let factor = inputs[0].cholesky()
    let forward = Tensor(TriangularSolve(), [factor, inputs[1]])
    return [Tensor(TriangularSolve(isTransposed: true), [factor, forward])]
  }

  /// `B' = A^-1 X'`, and `A' = -B' X^T` of the symmetric matrix, whose upper half goes to the lower one.
  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    let right = Tensor(self, [inputs[0], cotangents[0]])
    let product = right.matmul(results[0].transposedMatrix())
    return [-(product.tril() + product.transposedMatrix().tril(diagonal: -1)), right]
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs.batched(isBatched, size))
  }
}
