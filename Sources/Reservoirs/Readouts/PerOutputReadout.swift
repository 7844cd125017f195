import Configuration

/// Ridge regression with a penalty for each output, by one product of the states and a Cholesky decomposition for each
/// penalty.
public struct PerOutputReadout: ReadoutRule, GramReadoutRule {
  public static let declaration = Declaration(
    "ridgePerOutput", "ridge regression with a penalty for each output", standard: PerOutputReadout(),
    settings: [
      Setting("lambdas", \.lambdas, .penalties, "ridge penalties λ, one for each output"),
      Setting("bias", \.penalizesBias, .flag, "whether the bias is penalized too"),
    ])

  public var lambdas: [Double]
  public var penalizesBias: Bool

  public init(lambdas: [Double] = [1e-8], penalizesBias: Bool = true) {
    (self.lambdas, self.penalizesBias) = (lambdas, penalizesBias)
  }

  /// The regression in double precision.
  public func weights(_ states: Tensor, _ targets: Tensor) throws -> ReadoutWeights {
    try states.checkRegression(on: targets)
    let products = states.cast(to: .float64).products(with: targets.cast(to: .float64))
    let found = try weights(gram: products.gram, crossProduct: products.crossProduct)
    return ReadoutWeights(tensor: try found.tensor.cast(to: states.dtype).evaluate(), lambda: found.lambda)
  }

  /// - Returns: the weights, and the greatest penalty.
  /// - Throws: ``ReservoirError/setting(name:value:allowed:)`` unless there are as many penalties as outputs.
  public func weights(gram: Tensor, crossProduct: Tensor) throws -> ReadoutWeights {
    let outputs = crossProduct.shape[1]
    guard lambdas.count == outputs else {
      throw ReservoirError.setting(name: "lambdas", value: "\(lambdas)", allowed: "one for each of \(outputs) outputs")
    }
    let parts = lambdas.enumerated().map { output, lambda in
      gram.penalized(by: Tensor(lambda, dtype: gram.dtype), isBiasPenalized: penalizesBias)
        .solve(crossProduct.slice(output..<output + 1, axis: 1), structure: .positiveDefinite)
    }
    let greatest = lambdas.max() ?? 0
    return ReadoutWeights(tensor: try Tensor.concatenate(parts, axis: 1).solution(lambda: greatest), lambda: greatest)
  }
}

extension SettingFormat where Value == [Double] {
  /// Ridge penalties.
  static var penalties: SettingFormat {
    numbers.checked("one or more numbers of 0 or more") { !$0.isEmpty && $0.allSatisfy { $0 >= 0 && $0.isFinite } }
  }
}
