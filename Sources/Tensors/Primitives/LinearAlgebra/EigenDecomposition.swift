/// Eigenvalues `[…, n]` in ascending order and orthonormal eigenvectors `[…, n, n]`, as columns, of symmetric matrices in
/// the last two axes.
///
/// Only the lower triangle is read, and gets the whole gradient. An eigenvector's sign is LAPACK's. The results are NaN where
/// an element isn't finite or LAPACK's iteration doesn't converge, and so is the gradient of eigenvectors where
/// eigenvalues are equal.
struct EigenDecomposition: SelectiveEmission {
  static let name = "eigh"
  var resultCount: Int { 2 }

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try ElementDomain.floatingPoint.check(inputs)
    try requireSquare(inputs[0].shape)
    return [TensorType(inputs[0].dtype, Shape(inputs[0].shape.dropLast())), inputs[0]]
  }

  func emit(
    _ inputs: [Value], _ results: [TensorType], used: [Bool], to writer: inout ProgramWriter
  ) -> [Value] {
    let wanted = used[1] ? results : Array(results.prefix(1))
    let called =
      writer.callLinearAlgebra("eigh.1", inputs, wanted)
      ?? writer.callMissing("eigh.1", for: Self.name, inputs, wanted)
    return called.count < results.count ? called + called : called
  }

  /// Giles, Collected matrix derivative results (2008), 3.1.
  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    let (values, vectors) = (results[0], results[1])
    let projected = vectors.transposedMatrix().matmul(cotangents[1])
    let inner = projected * inverseGaps(values) + cotangents[0].asDiagonal()
    let gradient = vectors.matmul(inner).matmul(vectors.transposedMatrix())
    return [gradient.tril() + gradient.transposedMatrix().tril(diagonal: -1)]
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs)
  }
}

/// `1 / (x[j] - x[i])` for values `[…, n]`, 0 on the diagonal.
func inverseGaps(_ values: Tensor) -> Tensor {
  let gaps = values.expand(at: -2) - values.expand(at: -1)
  let isDiagonal = Tensor.isDiagonal(values.shape.last)
  return (1 / gaps.replaced(where: isDiagonal, by: 1)).replaced(where: isDiagonal, by: 0)
}

extension Tensor {
  /// Whether an element of a square matrix is on its diagonal.
  static func isDiagonal(_ size: Int) -> Tensor {
    Tensor.iota([size, size], axis: 0) .== Tensor.iota([size, size], axis: 1)
  }

  /// Diagonal matrices of vectors in the last axis.
  func asDiagonal() -> Tensor {
    let matrices = expand(at: -1).broadcast(to: Shape(shape + [shape.last]))
    return matrices.replaced(where: .!Tensor.isDiagonal(shape.last), by: 0)
  }
}
