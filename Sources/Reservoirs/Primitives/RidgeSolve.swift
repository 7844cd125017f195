/// Ridge regression: W with (X^T X + diagonal(P)) W = X^T Y, by Cholesky's decomposition.
///
/// The first input is X and Y beside each other, `[…, rows, columns + outputs]`, the second P, `[…, columns, 1]`; W is
/// `[…, columns, outputs]`, NaN where the matrix isn't positive definite.
struct RidgeSolve: Primitive {
  static let name = "ridgeSolve"

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try ElementDomain.floatingPoint.check(inputs)
    let (rows, penalties) = (inputs[0].shape, inputs[1].shape)
    guard inputs[0].dtype == inputs[1].dtype, rows.rank >= 2, penalties.rank == rows.rank, penalties[-1] == 1,
      penalties.dropLast(2).elementsEqual(rows.dropLast(2)), penalties[-2] <= rows[-1]
    else {
      throw ShapeError(
        "\(inputs[0].dtype)\(rows) doesn't fit penalties \(inputs[1].dtype)\(penalties), a column of one for "
          + "each column before the targets'")
    }
    return [TensorType(inputs[0].dtype, penalties.replacing(axis: penalties.rank - 1, with: rows[-1] - penalties[-2]))]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    if results[0].dtype == .float64, writer.kernels.contains(reservoirKernels),
      let called = writer.callLinearAlgebra(
        "ridge.2", writer.matrixParts(of: inputs[0]) + [inputs[1]], results, layout: .columnMajorResults)
    {
      return called
    }
    return writer.inline(inputs) { [Equations($0).solution] }
  }

  /// With V = (X^T X + P)^-1 W': X' = (Y - X W) V^T - X V W^T, Y' = X V, P' = -W V, summed over outputs.
  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    let (equations, weights) = (Equations(inputs), results[0])
    let (x, y) = (equations.x, equations.y)
    let right = equations.matrix.solve(cotangents[0], structure: .positiveDefinite)
    let moved = x.matmul(right)
    let xGradient = (y - x.matmul(weights)).matmul(right.transposedMatrix()) - moved.matmul(weights.transposedMatrix())
    return [Tensor.concatenate([xGradient, moved], axis: -1), -(weights * right).sum([-1], keepDims: true)]
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs.batched(isBatched, size))
  }

  /// The normal equations, written out.
  private struct Equations {
    let x, y, matrix: Tensor

    init(_ inputs: [Tensor]) {
      let columns = inputs[1].shape[-2]
      x = inputs[0].slice(0..<columns, axis: -1)
      y = inputs[0].slice(columns..<inputs[0].shape[-1], axis: -1)
      matrix = x.gramMatrix() + inputs[1] * Tensor.identity(columns, dtype: inputs[1].dtype)
    }

    var solution: Tensor { matrix.solve(x.transposedMatrix().matmul(y), structure: .positiveDefinite) }
  }
}

extension Tensor {
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
}
