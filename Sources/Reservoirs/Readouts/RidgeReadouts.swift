import Configuration

/// Ridge regression with a penalty that is given.
protocol RidgeReadout: ReadoutRule {
  var lambda: Double { get set }
  var penalizesBias: Bool { get set }
}

extension RidgeReadout {
  static var ridgeSettings: [Setting<Self>] {
    [
      Setting("lambda", \.lambda, .number(in: 0...1e100), "ridge penalty λ"),
      Setting("bias", \.penalizesBias, .flag, "whether the bias is penalized too"),
    ]
  }

  public var penalty: Double { lambda }

  public func withPenalty(_ penalty: Double) -> Self {
    var other = self
    other.lambda = penalty
    return other
  }
}

/// Ridge regression by the normal equations, `(X^T X + lambda·I)·w = X^T d`, and Cholesky's decomposition.
///
/// The fastest of all. It squares the condition number: where lambda is below about 1e-16 times the states' energy,
/// ``QRReadout`` gives far smaller errors. The regression is computed in double precision whatever the states' type.
public struct CholeskyReadout: ReadoutRule, RidgeReadout, GramReadoutRule {
  public static let declaration = Declaration(
    "cholesky", "ridge regression by the Gram matrix and Cholesky's decomposition", standard: CholeskyReadout(),
    settings: ridgeSettings)

  public var lambda: Double
  public var penalizesBias: Bool

  public init(lambda: Double = 1e-8, penalizesBias: Bool = true) {
    (self.lambda, self.penalizesBias) = (lambda, penalizesBias)
  }

  public func weights(_ states: Tensor, _ targets: Tensor) throws -> ReadoutWeights {
    try states.checkRegression(on: targets)
    let solved = solution(states, targets, penalty: Tensor(lambda, dtype: .float64))
    return ReadoutWeights(tensor: try solved.solution(lambda: lambda), lambda: lambda)
  }

  public func traced(_ states: Tensor, _ targets: Tensor, penalties: Tensor) -> TracedReadouts? {
    guard penalties.shape[0] > 1 else {
      return TracedReadouts(each: penalties) { solution(states, targets, penalty: $0) }
    }
    // The product of the states takes far longer than a decomposition, and serves them all.
    let (gram, crossProduct) = states.cast(to: .float64).products(with: targets.cast(to: .float64))
    return TracedReadouts(each: penalties) {
      solution(gram: gram, crossProduct: crossProduct, penalty: $0).cast(to: states.dtype)
    }
  }

  public func weights(gram: Tensor, crossProduct: Tensor) throws -> ReadoutWeights {
    let solved = solution(gram: gram, crossProduct: crossProduct, penalty: Tensor(lambda, dtype: gram.dtype))
    return ReadoutWeights(tensor: try solved.solution(lambda: lambda), lambda: lambda)
  }

  private func solution(gram: Tensor, crossProduct: Tensor, penalty: Tensor) -> Tensor {
    gram.penalized(by: penalty, isBiasPenalized: penalizesBias).solve(crossProduct, structure: .positiveDefinite)
  }

  private func solution(_ states: Tensor, _ targets: Tensor, penalty: Tensor) -> Tensor {
    let units = penalty.broadcast(to: [states.shape[1]])
    let bias = penalizesBias ? penalty.broadcast(to: [1]) : .zeros([1], dtype: .float64)
    return states.cast(to: .float64).withOnes()
      .ridge(targets.cast(to: .float64), penalty: Tensor.concatenate([units, bias])).cast(to: states.dtype)
  }
}

/// Ridge regression without squaring the condition number: the rows of `sqrt(lambda)·I` are appended to the states,
/// and the least-squares problem is solved by Householder's QR decomposition, in double precision whatever the states' type.
public struct QRReadout: ReadoutRule, RidgeReadout {
  public static let declaration = Declaration(
    "qr", "ridge regression by QR decomposition of the augmented states", standard: QRReadout(),
    settings: ridgeSettings)

  public var lambda: Double
  public var penalizesBias: Bool

  public init(lambda: Double = 1e-8, penalizesBias: Bool = true) {
    (self.lambda, self.penalizesBias) = (lambda, penalizesBias)
  }

  public func traced(_ states: Tensor, _ targets: Tensor, penalties: Tensor) -> TracedReadouts? {
    TracedReadouts(each: penalties) { solution(states, targets, root: $0.sqrt()) }
  }

  public func weights(_ states: Tensor, _ targets: Tensor) throws -> ReadoutWeights {
    try states.checkRegression(on: targets)
    let solved =
      lambda > 0
      ? solution(states, targets, root: Tensor(lambda.squareRoot(), dtype: .float64))
      : states.cast(to: .float64).withOnes().lstsq(targets.cast(to: .float64)).cast(to: states.dtype)
    return ReadoutWeights(tensor: try solved.solution(lambda: lambda), lambda: lambda)
  }

  /// - Parameter root: the penalty's.
  private func solution(_ states: Tensor, _ targets: Tensor, root: Tensor) -> Tensor {
    let matrix = states.cast(to: .float64).withOnes()
    let columns = matrix.shape[1]
    var roots = Tensor.identity(columns, dtype: .float64) * root
    if !penalizesBias { roots = roots.replaced(where: Tensor.iota([columns, columns]) .== Double(columns - 1), by: 0) }
    return Tensor.concatenate([matrix, roots])
      .lstsq(targets.cast(to: .float64).pad([(low: 0, high: columns), (low: 0, high: 0)])).cast(to: states.dtype)
  }
}

/// Ridge regression by Cholesky's decomposition, and by QR where the Gram matrix isn't positive definite in this precision.
public struct RidgeRegression: ReadoutRule, RidgeReadout {
  public static let declaration = Declaration(
    "ridge", "ridge regression by Cholesky's decomposition, or by QR where rounding makes that fail",
    standard: RidgeRegression(), settings: ridgeSettings)

  public var lambda: Double
  public var penalizesBias: Bool

  public init(lambda: Double = 1e-8, penalizesBias: Bool = true) {
    (self.lambda, self.penalizesBias) = (lambda, penalizesBias)
  }

  public func weights(_ states: Tensor, _ targets: Tensor) throws -> ReadoutWeights {
    do {
      return try CholeskyReadout(lambda: lambda, penalizesBias: penalizesBias).weights(states, targets)
    } catch ReservoirError.singular {
      return try QRReadout(lambda: lambda, penalizesBias: penalizesBias).weights(states, targets)
    }
  }

  /// QR needs the states themselves.
  public var ruleOfSums: (any GramReadoutRule)? { CholeskyReadout(lambda: lambda, penalizesBias: penalizesBias) }
}
