import Configuration

/// Ridge regression whose penalty is the one of several with the smallest error in blocked cross-validation: each of
/// `folds` stretches of time is predicted from the others.
///
/// Everything follows from the folds' Gram matrices, so a penalty costs a decomposition a fold and no pass over the
/// states.
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
    let steps = states.shape[0]
    guard folds >= 2, steps >= 2 * folds, !lambdas.isEmpty else {
      throw ReservoirError.folds(count: folds, steps: steps)
    }
    var parts: [(gram: Tensor, crossProduct: Tensor, energy: Tensor)] = []
    for fold in 0..<folds {
      let range = fold * steps / folds..<(fold + 1) * steps / folds
      let (rows, own) = (states.slice(range), targets.slice(range))
      let (gram, crossProduct) = rows.products(with: own)
      parts.append((gram, crossProduct, own.squared().sum()))
    }
    let computed = try Tensor.evaluate(parts.flatMap { [$0.gram, $0.crossProduct, $0.energy] })
    let grams = stride(from: 0, to: computed.count, by: 3).map { computed[$0] }
    let crossProduct = stride(from: 1, to: computed.count, by: 3).map { computed[$0] }
    let energies = stride(from: 2, to: computed.count, by: 3).map { computed[$0] }
    let total = try Tensor.evaluate([
      grams.dropFirst().reduce(grams[0], +), crossProduct.dropFirst().reduce(crossProduct[0], +),
    ])
    var best: (lambda: Double, error: Double)?
    for lambda in lambdas {
      let penalty = try Tensor(Tensor(lambda, dtype: states.dtype).buffer())
      var error = 0.0
      for fold in 0..<folds {
        let weights = (total[0] - grams[fold]).penalized(by: penalty, isBiasPenalized: penalizesBias)
          .solve(total[1] - crossProduct[fold], structure: .positiveDefinite)
        let crossed = (weights * crossProduct[fold]).sum()
        error += try ((weights * grams[fold].matmul(weights)).sum() - 2 * crossed + energies[fold]).scalar()
      }
      if error.isFinite, error < best?.error ?? .infinity { best = (lambda, error) }
    }
    guard let best else { throw ReservoirError.singular(penalty: lambdas.max() ?? 0, dtype: states.dtype.rawValue) }
    let solved = total[0].penalized(by: Tensor(best.lambda, dtype: states.dtype), isBiasPenalized: penalizesBias)
      .solve(total[1], structure: .positiveDefinite)
    return ReadoutWeights(tensor: try solved.solution(lambda: best.lambda), lambda: best.lambda)
  }
}

extension SettingFormat where Value == [Double] {
  fileprivate static var penalties: SettingFormat {
    numbers.checked("one or more numbers of 0 or more") { !$0.isEmpty && $0.allSatisfy { $0 >= 0 && $0.isFinite } }
  }
}
