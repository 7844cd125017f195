/// How a readout is computed from states and targets, in one regression.
public protocol ReadoutRule: Catalogued, Hashable {
  /// The weights `[units + 1, outputs]`, biases last, for states `[steps, units]` and targets `[steps, outputs]`.
  /// - Throws: ``ReservoirError/singular(penalty:dtype:)`` where there is no unique solution.
  func weights(_ states: Tensor, _ targets: Tensor) throws -> ReadoutWeights

  /// The same as a traced function, for ensembles; NaN where there is no unique solution. Nil for rules that look at
  /// numbers before they go on.
  func traced(_ states: Tensor, _ targets: Tensor) -> Tensor?
}

/// What a regression gave.
public struct ReadoutWeights: Sendable {
  /// `[units + 1, outputs]`, biases last.
  public let tensor: Tensor
  /// The penalty that was used.
  public let lambda: Double
}

extension ReadoutRule {
  public func traced(_ states: Tensor, _ targets: Tensor) -> Tensor? { nil }
}

extension Tensor {
  /// This tensor computed.
  /// - Throws: ``ReservoirError/singular(penalty:dtype:)`` if it isn't finite.
  func solution(lambda: Double) throws -> Tensor {
    let results = try Tensor.evaluate([self, isFinite().cast(to: .int32).min()])
    guard try results[1].scalar() == 1 else { throw ReservoirError.singular(penalty: lambda, dtype: dtype.rawValue) }
    return results[0]
  }

  /// `X^T X + penalty·I` and `X^T targets` for the rows X of `self`, whose last column is the bias'.
  func gram(with targets: Tensor, penalty: Tensor, isBiasPenalized: Bool) -> (gram: Tensor, moments: Tensor) {
    let columns = shape[1]
    let rows = transpose()
    var diagonal = Tensor.identity(columns, dtype: dtype)
    if !isBiasPenalized {
      diagonal = diagonal.replaced(where: Tensor.iota([columns, columns]) .== Double(columns - 1), by: 0)
    }
    return (rows.matmul(self) + penalty * diagonal, rows.matmul(targets))
  }
}
