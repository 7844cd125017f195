/// Ridge regression by the normal equations, `(X^T X + lambda·I)·w = X^T d`, and Cholesky's decomposition.
///
/// The fastest of all. It squares the condition number: where lambda is below about 1e-16 times the states' energy
/// (in `float64`), ``QRReadout`` gives far smaller errors.
public struct CholeskyReadout: ReadoutRule {
  public static let name = "cholesky"
  public static let summary = "ridge regression by the Gram matrix and Cholesky's decomposition"
  public static let parameters = [
    Parameter("lambda", default: 1e-8, "the penalty"), Parameter("bias", default: true, "penalizes the bias too (S0-3)"),
  ]

  public var lambda: Double
  public var penalizesBias: Bool

  public init(lambda: Double = 1e-8, penalizesBias: Bool = true) {
    (self.lambda, self.penalizesBias) = (lambda, penalizesBias)
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    lambda = try options.number("lambda", default: 1e-8, in: 0...1e100)
    penalizesBias = try options.flag("bias", default: true)
  }

  public func traced(_ states: Tensor, _ targets: Tensor) -> Tensor? {
    let penalty = Tensor(lambda, dtype: states.dtype)
    let (gram, moments) = states.withOnes().gram(with: targets, penalty: penalty, isBiasPenalized: penalizesBias)
    return gram.solve(moments, structure: .positiveDefinite)
  }

  public func weights(_ states: Tensor, _ targets: Tensor) throws -> ReadoutWeights {
    let solved = traced(states, targets) ?? states
    return ReadoutWeights(tensor: try solved.solution(lambda: lambda), lambda: lambda)
  }
}
