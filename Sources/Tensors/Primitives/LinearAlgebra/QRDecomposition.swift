/// The QR decomposition of matrices A `[…, m, n]` in the last two axes: Q `[…, m, k]` with orthonormal columns and the upper
/// triangular R `[…, k, n]`, k being the lesser of m and n, with A = Q R.
///
/// The signs of R's diagonal are LAPACK's. Something in A that isn't finite gives NaN. Without OpenBLAS the columns are
/// made orthonormal one after the other; the diagonal is positive then, and Q is NaN where a column depends on others.
struct QRDecomposition: SelectiveEmission {
  static let name = "qr"
  var resultCount: Int { 2 }

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try ElementDomain.floatingPoint.check(inputs)
    let shape = try matrixShape(inputs[0].shape)
    let count = Swift.min(shape.rows, shape.columns)
    return [
      TensorType(inputs[0].dtype, Shape(shape.batch + [shape.rows, count])),
      TensorType(inputs[0].dtype, Shape(shape.batch + [count, shape.columns])),
    ]
  }

  func emit(
    _ inputs: [Value], _ results: [TensorType], used: [Bool], to writer: inout ProgramWriter
  ) -> [Value] {
    let wanted = used[0] ? results : Array(results.suffix(1))
    let called =
      writer.callLinearAlgebra("qr.1", inputs, wanted)
      ?? writer.inline(Subgraph(inputs.map(\.type), composed), inputs)
    return called.count < results.count ? called + called : called
  }

  /// Gram and Schmidt's process on each matrix' first columns.
  private func composed(_ inputs: [Tensor]) -> [Tensor] {
    let shape = inputs[0].shape
    let count = Swift.min(shape[-1], shape[-2])
    let matrices = inputs[0].upcast.reshape(to: Shape([-1] + shape.suffix(2)))
    let columns = matrices.slice(0..<count, axis: 2).transposedMatrix()
    let rows = Tensors.vectorized { [orthonormalized($0[0])] }([columns])[0]
    let triangles = rows.matmul(matrices).triu()
    return [rows.transposedMatrix(), triangles].map {
      $0.reshape(to: Shape(shape.dropLast(2) + $0.shape.suffix(2))).cast(to: inputs[0].dtype)
    }
  }

  /// Walter, Lehmann and Lamour, On evaluating higher-order derivatives of the QR decomposition (2012), where A has full
  /// rank. Of a wide matrix the first columns have their own decomposition.
  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    let (q, r) = (results[0], results[1])
    let (rows, columns) = (inputs[0].shape[-2], inputs[0].shape[-1])
    guard rows < columns else { return [Self.pullback(q, r, cotangents[0], cotangents[1])] }
    let (own, rest) = (0..<rows, rows..<columns)
    let (right, rightCotangent) = (inputs[0].slice(rest, axis: -1), cotangents[1].slice(rest, axis: -1))
    let left = Self.pullback(
      q, r.slice(own, axis: -1), cotangents[0] + right.matmul(rightCotangent.transposedMatrix()),
      cotangents[1].slice(own, axis: -1))
    return [Tensor.concatenate([left, q.matmul(rightCotangent)], axis: -1)]
  }

  private static func pullback(_ q: Tensor, _ r: Tensor, _ qCotangent: Tensor, _ rCotangent: Tensor) -> Tensor {
    let inner = r.matmul(rCotangent.transposedMatrix()) - qCotangent.transposedMatrix().matmul(q)
    let lower = inner.tril(diagonal: -1)
    let symmetric = inner.tril() + lower.transposedMatrix()
    let right = qCotangent + q.matmul(symmetric)
    return Tensor(TriangularSolve(isLeft: false, isLower: false, isTransposed: true), [r, right])
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs)
  }
}

/// Rows `[n, m]`, n ≤ m, made orthonormal one after the other by Gram and Schmidt's process.
private func orthonormalized(_ rows: Tensor) -> Tensor {
  let positions = Tensor.iota([rows.shape[0], 1], axis: 0)
  return scan(carry: [rows.zerosLike()], over: [rows, Tensor.iota([rows.shape[0]])]) { carry, elements in
    let known = carry[0]
    var row = elements[0].expand(at: 0)
    // Once isn't enough in floating point: the second time removes what rounding left.
    for _ in 0..<2 { row = row - row.matmul(known.transpose()).matmul(known) }
    row = row / row.squared().sum().sqrt()
    return ([known.replaced(where: positions .== elements[1], by: row)], [])
  }.carry[0]
}

/// The extents of matrices in the last two axes, and of the axes before.
func matrixShape(_ shape: Shape) throws(ShapeError) -> (batch: [Int], rows: Int, columns: Int) {
  guard shape.rank >= 2 else { throw ShapeError("needs matrices in the last two axes, not \(shape)") }
  return (Array(shape.dropLast(2)), shape[-2], shape[-1])
}
