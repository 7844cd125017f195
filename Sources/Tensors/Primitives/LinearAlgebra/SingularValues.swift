/// The singular value decomposition of matrices A `[…, m, n]` in the last two axes: U `[…, m, k]`, singular values s `[…, k]`
/// in descending order and V^T `[…, k, n]`, k being the lesser of m and n, with A = U diagonal(s) V^T.
///
/// The signs of singular vectors are LAPACK's. The results are NaN where an element isn't finite or LAPACK's iteration
/// doesn't converge, and so is the gradient of singular vectors where singular values are equal or 0.
struct SingularValues: SelectiveEmission {
  static let name = "svd"
  var resultCount: Int { 3 }

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try ElementDomain.floatingPoint.check(inputs)
    let shape = try matrixShape(inputs[0].shape)
    let count = Swift.min(shape.rows, shape.columns)
    return [[shape.rows, count], [count], [count, shape.columns]].map {
      TensorType(inputs[0].dtype, Shape(shape.batch + $0))
    }
  }

  func emit(
    _ inputs: [Value], _ results: [TensorType], used: [Bool], to writer: inout ProgramWriter
  ) -> [Value] {
    let wanted = used[0] || used[2] ? results : [results[1]]
    let called =
      writer.callLinearAlgebra("svd.1", inputs, wanted)
      ?? writer.callMissing("svd.1", for: Self.name, inputs, wanted)
    return called.count < results.count ? called + called + called : called
  }

  /// Townsend, Differentiating the singular value decomposition (2016).
  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    let (u, values, vt) = (results[0], results[1], results[2])
    let v = vt.transposedMatrix()
    let (uCotangent, vCotangent) = (cotangents[0], cotangents[2].transposedMatrix())
    let gaps = inverseGaps(values.squared())
    let (uProjected, vProjected) = (
      u.transposedMatrix().matmul(uCotangent), v.transposedMatrix().matmul(vCotangent)
    )
    let (left, right) = (uProjected * gaps, vProjected * gaps)
    let core =
      (left + left.transposedMatrix()) * values.expand(at: -2)
      + values.expand(at: -1) * (right + right.transposedMatrix()) + cotangents[1].asDiagonal()
    var gradient = u.matmul(core).matmul(vt)
    let (rows, columns) = (inputs[0].shape[-2], inputs[0].shape[-1])
    // What lies outside of the singular vectors' space, where there is more than it.
    if rows > columns {
      gradient = gradient + ((uCotangent - u.matmul(uProjected)) / values.expand(at: -2)).matmul(vt)
    }
    if rows < columns {
      gradient =
        gradient + u.matmul(((vCotangent - v.matmul(vProjected)) / values.expand(at: -2)).transposedMatrix())
    }
    return [gradient]
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs)
  }
}
