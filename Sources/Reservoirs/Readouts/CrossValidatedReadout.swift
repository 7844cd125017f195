import Configuration

/// Ridge regression whose penalty is the one of several with the smallest error in blocked cross-validation: each of
/// `folds` stretches of time is predicted from the others.
///
/// Everything follows from the folds' Gram matrices, so a penalty costs a decomposition a fold and no pass over the
/// states. They are in double precision whatever the states' type.
public struct CrossValidatedReadout: ReadoutRule {
  public static let declaration = Declaration(
    "crossValidated", "ridge regression with the penalty that predicts held-out stretches of time best",
    standard: CrossValidatedReadout(),
    settings: [
      Setting("lambdas", \.lambdas, .penalties, "ridge penalties λ to choose from"),
      Setting("folds", \.folds, .integer(in: 2...1000), "stretches of time, each held out once"),
      Setting("bias", \.penalizesBias, .flag, "whether the bias is penalized too"),
    ])

  public var lambdas: [Double]
  public var folds: Int
  public var penalizesBias: Bool

  public init(
    lambdas: [Double] = [1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-2], folds: Int = 5, penalizesBias: Bool = true
  ) {
    (self.lambdas, self.folds, self.penalizesBias) = (lambdas, folds, penalizesBias)
  }

  public func weights(_ states: Tensor, _ targets: Tensor) throws -> ReadoutWeights {
    try states.checkRegression(on: targets)
    guard let traced = traced(states, targets, penalties: .zeros([1], dtype: .float64)) else {
      throw ReservoirError.folds(count: folds, steps: states.shape[0])
    }
    let results = try Tensor.evaluate([
      traced.weights.squeeze(0), traced.penalties, traced.weights.isFinite().cast(to: .int32).min(),
    ])
    guard try results[2].scalar() == 1 else {
      throw ReservoirError.singular(penalty: lambdas.max() ?? 0, dtype: states.dtype.rawValue)
    }
    return ReadoutWeights(tensor: results[0], lambda: try results[1].scalar())
  }

  /// The folds' Gram matrices, their sum, and what is solved with and from.
  public var tracedMatrices: Int { folds + 4 }

  /// The same for each of `penalties`, none of which is used. Nil if there are too few steps for the folds.
  public func traced(_ states: Tensor, _ targets: Tensor, penalties: Tensor) -> TracedReadouts? {
    let steps = states.shape[0]
    guard folds >= 2, steps >= 2 * folds, !lambdas.isEmpty else { return nil }
    let parts = (0..<folds).map { fold in
      let range = fold * steps / folds..<(fold + 1) * steps / folds
      let (rows, own) = (states.slice(range).cast(to: .float64), targets.slice(range).cast(to: .float64))
      let (gram, crossProduct) = rows.products(with: own)
      return [gram, crossProduct, own.squared().sum()]
    }
    let stacked = parts[0].indices.map { place in Tensor.stack(parts.map { $0[place] }) }
    let (gram, crossProduct) = (stacked[0].sum([0]), stacked[1].sum([0]))
    let choices = Tensor(lambdas, shape: [lambdas.count])
    func solution(_ gram: Tensor, _ crossProduct: Tensor, _ penalty: Tensor) -> Tensor {
      gram.penalized(by: penalty, isBiasPenalized: penalizesBias).solve(crossProduct, structure: .positiveDefinite)
    }
    let errors = scan(carry: [], over: [choices]) { _, choice in
      let held = scan(carry: [Tensor(0, dtype: .float64)], over: stacked) { error, fold in
        let weights = solution(gram - fold[0], crossProduct - fold[1], choice[0])
        let squares = (weights * fold[0].matmul(weights)).sum() - 2 * (weights * fold[1]).sum() + fold[2]
        return ([error[0] + squares], [])
      }
      return ([], held.carry)
    }.outputs[0]
    let usable = errors.isFinite()
    let best = (-errors).replaced(where: .!usable, by: -Double.infinity).argMax()
    let found = choices.take(best)
    let weights = solution(gram, crossProduct, found)
    let checked = weights.replaced(where: .!usable.any(), by: Double.nan).cast(to: states.dtype)
    let count = penalties.shape[0]
    return TracedReadouts(
      weights: checked.expand(at: 0).broadcast(to: Shape([count] + weights.shape)),
      penalties: found.expand(at: 0).broadcast(to: [count]))
  }
}
