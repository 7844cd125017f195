/// Ridge regression by the normal equations, `(X^T X + lambda·I)·w = X^T d`, and Cholesky's decomposition.
///
/// The fastest of all. It squares the condition number: where lambda is below about 1e-16 times the states' energy
/// (in `float64`), ``QRReadout`` gives far smaller errors.
public struct CholeskyReadout: ReadoutRule, RidgeReadout, GramReadoutRule {
  public static let name = "cholesky"
  public static let summary = "ridge regression by the Gram matrix and Cholesky's decomposition"

  public var lambda: Double
  public var penalizesBias: Bool

  public init(lambda: Double = 1e-8, penalizesBias: Bool = true) {
    (self.lambda, self.penalizesBias) = (lambda, penalizesBias)
  }

  public func weights(_ states: Tensor, _ targets: Tensor) throws -> ReadoutWeights {
    try states.checkRegression(on: targets)
    return ReadoutWeights(tensor: try solution(states, targets).solution(lambda: lambda), lambda: lambda)
  }

  public func traced(_ states: Tensor, _ targets: Tensor) -> Tensor? { solution(states, targets) }

  public func weights(gram: Tensor, moments: Tensor) throws -> ReadoutWeights {
    let solved = gram.penalized(by: Tensor(lambda, dtype: gram.dtype), isBiasPenalized: penalizesBias)
      .solve(moments, structure: .positiveDefinite)
    return ReadoutWeights(tensor: try solved.solution(lambda: lambda), lambda: lambda)
  }

  private func solution(_ states: Tensor, _ targets: Tensor) -> Tensor {
    let units = Tensor(lambda, dtype: states.dtype).broadcast(to: [states.shape[1]])
    let bias = Tensor(penalizesBias ? lambda : 0, dtype: states.dtype).broadcast(to: [1])
    return states.withOnes().ridge(targets, penalty: Tensor.concatenate([units, bias]))
  }
}
