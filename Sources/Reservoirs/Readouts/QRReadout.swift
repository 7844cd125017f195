/// Ridge regression without squaring the condition number: the rows of `sqrt(lambda)·I` are appended to the states,
/// and the least-squares problem is solved by Householder's QR decomposition.
public struct QRReadout: ReadoutRule, RidgeReadout {
  public static let name = "qr"
  public static let summary = "ridge regression by QR decomposition of the augmented states"

  public var lambda: Double
  public var penalizesBias: Bool

  public init(lambda: Double = 1e-8, penalizesBias: Bool = true) {
    (self.lambda, self.penalizesBias) = (lambda, penalizesBias)
  }

  public func traced(_ states: Tensor, _ targets: Tensor) -> Tensor? {
    let matrix = states.withOnes()
    let columns = matrix.shape[1]
    guard lambda > 0 else { return matrix.lstsq(targets) }
    var roots = Tensor.identity(columns, dtype: states.dtype) * lambda.squareRoot()
    if !penalizesBias { roots = roots.replaced(where: Tensor.iota([columns, columns]) .== Double(columns - 1), by: 0) }
    return Tensor.concatenate([matrix, roots])
      .lstsq(targets.pad([(low: 0, high: columns), (low: 0, high: 0)]))
  }

  public func weights(_ states: Tensor, _ targets: Tensor) throws -> ReadoutWeights {
    try states.checkRegression(on: targets)
    let solved = traced(states, targets) ?? states
    return ReadoutWeights(tensor: try solved.solution(lambda: lambda), lambda: lambda)
  }
}
