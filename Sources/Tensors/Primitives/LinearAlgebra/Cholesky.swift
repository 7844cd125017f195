/// The lower triangular factor L of symmetric positive definite matrices A = L L^T, in the last two axes.
///
/// Only the lower triangle of the input is read. The result's upper triangle is unspecified, and the lower one has NaN
/// where the matrix isn't positive definite. ``Tensor/cholesky(file:line:)`` clears the upper triangle.
struct Cholesky: Primitive {
  static let name = "cholesky"

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try ElementDomain.floatingPoint.check(inputs)
    try requireSquare(inputs[0].shape)
    return inputs
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    writer.callLinearAlgebra("cholesky.1", inputs, results)
      ?? writer.assign(
        "\"stablehlo.cholesky\"(\(inputs[0])) <{lower = true}> : (\(results[0])) -> \(results[0])", results)
  }

  /// Murray, Differentiation of the Cholesky decomposition (2016), for the lower triangle alone.
  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    let factor = results[0].tril()
    // The lower triangle with half the diagonal.
    func half(_ matrix: Tensor) -> Tensor {
      let shape = Shape(matrix.shape.suffix(2))
      let isDiagonal = Tensor.iota(shape, axis: 0) .== Tensor.iota(shape, axis: 1)
      return matrix.tril() * Tensor(1, dtype: matrix.dtype).replaced(where: isDiagonal, by: 0.5)
    }
    let inner = half(factor.transposedMatrix().matmul(cotangents[0].tril()))
    let left = Tensor(TriangularSolve(isTransposed: true), [factor, inner])
    let both = Tensor(TriangularSolve(isLeft: false), [factor, left])
    return [half(both + both.transposedMatrix())]
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs)
  }
}

/// - Throws: unless the last two axes are those of square matrices.
func requireSquare(_ shape: Shape) throws(ShapeError) {
  guard shape.rank >= 2, shape[-1] == shape[-2] else {
    throw ShapeError("the last two axes of \(shape) aren't those of square matrices")
  }
}
