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

  public func traced(_ states: Tensor, _ targets: Tensor) -> Tensor? {
    let (gram, moments) = states.products(with: targets)
    return solve(gram, moments)
  }

  public func weights(gram: Tensor, moments: Tensor) throws -> ReadoutWeights {
    ReadoutWeights(tensor: try solve(gram, moments).solution(lambda: lambda), lambda: lambda)
  }

  private func solve(_ gram: Tensor, _ moments: Tensor) -> Tensor {
    gram.penalized(by: Tensor(lambda, dtype: gram.dtype), isBiasPenalized: penalizesBias)
      .solve(moments, structure: .positiveDefinite)
  }
}
