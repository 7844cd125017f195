/// The LU decomposition, with row pivoting, of square matrices A in the last two axes: L and U in one matrix, whose diagonal is
/// U's since L has a diagonal of 1, and int32 `[…, n]`, the rows of A in the order that L U has them.
///
/// A singular matrix has factors too, with a 0 on U's diagonal; its gradient isn't finite. Something in A that isn't finite
/// gives NaN.
struct LUDecomposition: Primitive {
  static let name = "lu"
  var resultCount: Int { 2 }

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try ElementDomain.floatingPoint.check(inputs)
    try requireSquare(inputs[0].shape)
    return [inputs[0], TensorType(.int32, Shape(inputs[0].shape.dropLast()))]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    writer.callLinearAlgebra("lu.1", inputs, results)
      ?? writer.callMissing("lu.1", for: Self.name, inputs, results)
  }

  /// With A = P^T L U: `A' = P^T L^-T (tril(L^T L', -1) + triu(U' U^T)) U^-T`.
  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    let (factors, order) = (results[0], results[1])
    let lower = factors.unitLower()
    let inner =
      lower.transposedMatrix().matmul(cotangents[0].tril(diagonal: -1)).tril(diagonal: -1)
      + cotangents[0].triu().matmul(factors.triu().transposedMatrix()).triu()
    let left = Tensor(TriangularSolve(isTransposed: true, hasUnitDiagonal: true), [factors, inner])
    let both = Tensor(TriangularSolve(isLeft: false, isLower: false, isTransposed: true), [factors, left])
    let permutation = order.oneHot(factors.shape.last, dtype: factors.dtype)
    return [permutation.transposedMatrix().matmul(both)]
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs)
  }
}

extension Tensor {
  /// The lower triangle with 1 on the diagonal, 0 above.
  func unitLower() -> Tensor { tril(diagonal: -1) + Tensor.identity(shape.last, dtype: dtype) }
}
