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
  package func transposedMatrix() -> Tensor { moveAxis(from: -1, to: -2) }
}
