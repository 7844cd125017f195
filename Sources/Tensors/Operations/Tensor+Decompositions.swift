/// Decompositions of matrices in the last two axes; all axes before are a batch.
///
/// OpenBLAS computes them on the CPU. Where the engine has no kernels of it, a program with ``eigh(file:line:)``,
/// ``eigvals(file:line:)``, ``svd(file:line:)`` or ``lu(file:line:)`` throws a ``Diagnostic`` that says what to install; see
/// `Engine.host()`. Matrices with something that isn't finite give NaN, as do those that LAPACK's iterations don't
/// converge for.
extension Tensor {
  /// Eigenvalues `[…, n]` in ascending order and orthonormal eigenvectors, the columns of `[…, n, n]`, of symmetric
  /// matrices.
  ///
  /// Only the lower triangle is read, and gets the whole gradient. Eigenvectors of equal eigenvalues have no gradient.
  ///
  /// ```swift
  /// let (values, vectors) = Tensor([2.0, 1, 1, 2], shape: [2, 2]).eigh()   // values: 1 and 3
  /// ```
  public func eigh(file: String = #fileID, line: Int = #line) -> (values: Tensor, vectors: Tensor) {
    let results = Tensor.apply(EigenDecomposition(), to: [self], file: file, line: line)
    return (results[0], results[1])
  }

  /// The real and imaginary parts, `[…, n]` each, of square matrices' eigenvalues: pairs of conjugates beside each other, the
  /// positive imaginary part first.
  public func eigvals(file: String = #fileID, line: Int = #line) -> (real: Tensor, imaginary: Tensor) {
    let results = Tensor.apply(Eigenvalues(), to: [self], file: file, line: line)
    return (results[0], results[1])
  }

  /// U `[…, m, k]`, singular values s `[…, k]` in descending order and V^T `[…, k, n]` of matrices `[…, m, n]`, which are
  /// U·diagonal(s)·V^T; k is the lesser of m and n.
  ///
  /// If only the singular values are used, the vectors aren't computed.
  public func svd(file: String = #fileID, line: Int = #line) -> (u: Tensor, values: Tensor, vt: Tensor) {
    let results = Tensor.apply(SingularValues(), to: [self], file: file, line: line)
    return (results[0], results[1], results[2])
  }

  /// Q `[…, m, k]` with orthonormal columns and an upper triangular R `[…, k, n]` of matrices `[…, m, n]`, which are Q·R; k is
  /// the lesser of m and n.
  ///
  /// The gradient is that of matrices of full rank. Without OpenBLAS the decomposition is a loop over the columns, and R's
  /// diagonal is positive.
  public func qr(file: String = #fileID, line: Int = #line) -> (q: Tensor, r: Tensor) {
    let results = Tensor.apply(QRDecomposition(), to: [self], file: file, line: line)
    return (results[0], results[1])
  }

  /// The order of rows, int32 `[…, n]`, a lower triangular L with a diagonal of 1 and an upper triangular U of square
  /// matrices, whose rows in that order are L·U.
  public func lu(file: String = #fileID, line: Int = #line) -> (order: Tensor, lower: Tensor, upper: Tensor) {
    let results = Tensor.apply(LUDecomposition(), to: [self], file: file, line: line)
    guard results[0].diagnostic == nil else { return (results[0], results[0], results[0]) }
    return (results[1], results[0].unitLower(), results[0].triu())
  }

  /// The w of least |A·w - right|^2, for matrices A of full rank, by the QR decomposition; where A has fewer rows than
  /// columns, the shortest w with A·w = right.
  ///
  /// - Parameter right: matrices of as many rows, `[…, m, sides]`.
  /// - Returns: `[…, n, sides]`, NaN where A's rank isn't full.
  public func lstsq(_ right: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
    guard rank >= 2, right.rank == rank, right.shape.dropLast().elementsEqual(shape.dropLast()) else {
      return .failed(
        "lstsq", "needs matrices and right sides with as many rows", [self, right], file: file, line: line)
    }
    let isWide = shape[-2] < shape[-1]
    let (q, r) = (isWide ? transposedMatrix() : self).qr(file: file, line: line)
    // A diagonal of rounding only belongs to a column that depends on others.
    let diagonal = (r * Tensor.identity(r.shape.last, dtype: dtype)).sum([-1]).abs()
    let floor = diagonal.max([-1], keepDims: true) * (dtype.accumulation == .float64 ? 0x1p-52 : 0x1p-23)
    let solution: Tensor
    if isWide {
      // Aᵀ = Q·R, so that A·(Q·z) = Rᵀ·z.
      solution = q.matmul(
        Tensor(TriangularSolve(isLower: false, isTransposed: true), [r, right], file: file, line: line))
    } else {
      let turned = q.transposedMatrix().matmul(right)
      solution = Tensor(TriangularSolve(isLower: false), [r, turned], file: file, line: line)
    }
    let isDeficient = .!(diagonal .> floor).all([-1]).expand(at: -1).expand(at: -1)
    return solution.replaced(where: isDeficient.broadcast(to: solution.shape), by: Double.nan)
  }
}
