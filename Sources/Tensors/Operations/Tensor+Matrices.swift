/// Operations on matrices in the last two axes; all axes before are a batch.
extension Tensor {
  /// The lower triangular factor L of symmetric positive definite matrices, which are L L^T.
  ///
  /// Only the lower triangle is read, and gets the whole gradient. Matrices that aren't positive definite give NaN.
  public func cholesky(file: String = #fileID, line: Int = #line) -> Tensor {
    Tensor(Cholesky(), [self], file: file, line: line).tril(file: file, line: line)
  }

  /// X with `self` X = `right`.
  ///
  /// - Parameters:
  ///   - right: matrices of as many rows, with batch axes that broadcast; or one vector.
  ///   - structure: what is known of the matrix.
  /// - Returns: as many columns as `right` has, NaN where a matrix is singular, or isn't positive definite as stated.
  public func solve(
    _ right: Tensor, structure: MatrixStructure = .general, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    if right.rank == 1 {
      let column = solve(right.expand(at: 1), structure: structure, file: file, line: line)
      return column.diagnostic == nil ? column.squeeze(-1) : column
    }
    guard rank >= 2, right.rank >= 2,
      let batch = Shape.broadcast(Shape(shape.dropLast(2)), Shape(right.shape.dropLast(2)))
    else {
      return .failed("solve", "needs matrices whose batch axes broadcast", [self, right], file: file, line: line)
    }
    let sides = [self, right].map { $0.broadcast(to: Shape(batch.dimensions + $0.shape.suffix(2))) }
    switch structure {
    case .general: return Tensor(LinearSolve(), sides, file: file, line: line)
    case .lowerTriangular: return Tensor(TriangularSolve(), sides, file: file, line: line)
    case .upperTriangular: return Tensor(TriangularSolve(isLower: false), sides, file: file, line: line)
    case .positiveDefinite: return Tensor(PositiveSolve(), sides, file: file, line: line)
    }
  }

  /// X^T X for matrices X in the last two axes, `[…, columns, columns]`: all products of columns with each other.
  public func gramMatrix(file: String = #fileID, line: Int = #line) -> Tensor {
    guard rank >= 2 else {
      return .failed("gramMatrix", "needs a matrix", [self], file: file, line: line)
    }
    let (leading, rows) = (Array(0..<rank - 2), [rank - 2])
    return Tensor(
      DotGeneral(batch: (leading, leading), contracted: (rows, rows)), [self, self], file: file, line: line)
  }

  /// The weights W that minimize |X W - targets|^2 + penalty |W|^2 for the rows of `self`, X: ridge regression.
  ///
  /// The normal equations are solved by Cholesky's decomposition; with one penalty in their dual form where there are fewer
  /// rows than columns.
  /// - Parameters:
  ///   - targets: `[rows, outputs]`.
  ///   - penalty: a scalar above 0, or one of 0 or more for each column, `[columns]`.
  /// - Returns: `[columns, outputs]`, NaN where penalties of 0 leave more than one solution.
  public func ridge(_ targets: Tensor, penalty: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
    guard rank == 2, targets.rank == 2, shape[0] == targets.shape[0], penalty.rank == 0 || penalty.shape == [shape[1]]
    else {
      return .failed(
        "ridge", "needs a matrix, targets with as many rows, and a scalar penalty or one for each column",
        [self, targets, penalty], file: file, line: line)
    }
    if penalty.rank == 0, shape[0] < shape[1] {
      let transposed = transpose()
      let regular = transposed.gramMatrix() + penalty * Tensor.identity(shape[0], dtype: dtype)
      return transposed.matmul(regular.solve(targets, structure: .positiveDefinite, file: file, line: line))
    }
    let penalties = (penalty.rank == 0 ? penalty : penalty.expand(at: 1)).broadcast(to: [shape[1], 1])
    let rows = Tensor.concatenate([self, targets], axis: 1, file: file, line: line)
    return Tensor(RidgeSolve(), [rows, penalties], file: file, line: line)
  }

  /// As with a penalty that is a tensor.
  public func ridge(_ targets: Tensor, penalty: Double, file: String = #fileID, line: Int = #line) -> Tensor {
    ridge(targets, penalty: Tensor(penalty, dtype: dtype), file: file, line: line)
  }

  /// The lower triangle, 0 above; `diagonal` shifts its edge up.
  public func tril(diagonal: Int = 0, file: String = #fileID, line: Int = #line) -> Tensor {
    triangle("tril", file, line) { .!(($1 - $0) .> Double(diagonal)) }
  }

  /// The upper triangle, 0 below; `diagonal` shifts its edge up.
  public func triu(diagonal: Int = 0, file: String = #fileID, line: Int = #line) -> Tensor {
    triangle("triu", file, line) { .!(($1 - $0) .< Double(diagonal)) }
  }

  private func triangle(
    _ operation: String, _ file: String, _ line: Int, isInside: (_ row: Tensor, _ column: Tensor) -> Tensor
  ) -> Tensor {
    guard rank >= 2 else { return .failed(operation, "needs rank 2 or more", [self], file: file, line: line) }
    let matrix = Shape(shape.suffix(2))
    let inside = isInside(.iota(matrix, axis: 0), .iota(matrix, axis: 1))
    return Tensor.select(inside, self, Tensor(0, dtype: dtype))
  }

  /// The last two axes exchanged, of a tensor known to have them.
  func transposedMatrix() -> Tensor { moveAxis(from: -1, to: -2) }
}
