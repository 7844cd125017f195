import Configuration

/// A readout for classes, whose penalized loss is convex and is minimized by Newton's method.
///
/// The loss is that of all rows, and `lambda/2` times the squared weights: scikit-learn's `C` is `1/lambda`.
protocol ClassReadout: RidgeReadout {
  /// An upper bound of the loss' curvature by a score.
  static var curvature: Double { get }

  /// The sum over all rows of the loss of scores `[rows, outputs]`.
  static func loss(_ scores: Tensor, _ targets: Tensor) -> Tensor
  /// Its gradient by the scores.
  static func gradient(_ scores: Tensor, _ targets: Tensor) -> Tensor
  /// The gradient's derivative in a direction, `[rows, outputs]`.
  static func derivative(_ scores: Tensor, _ targets: Tensor, along direction: Tensor) -> Tensor
  /// Of weights with the same loss those that are given.
  static func unique(_ weights: Tensor) -> Tensor
  /// What keeps targets `[rows, outputs]` from being classes; nil for classes.
  static func problem(_ targets: [Double], outputs: Int) -> String?
}

extension ClassReadout {
  static func unique(_ weights: Tensor) -> Tensor { weights }

  /// Newton's steps, each of which conjugate gradients find, shortened by halves as far as the loss asks for.
  public func weights(_ states: Tensor, _ targets: Tensor) throws -> ReadoutWeights {
    try states.checkRegression(on: targets)
    guard lambda > 0, lambda.isFinite else {
      throw ReservoirError.setting(name: "lambda", value: "\(lambda)", allowed: "above 0 for '\(Self.name)'")
    }
    if let problem = Self.problem(try targets.cast(to: .float64).values(), outputs: targets.shape[1]) {
      throw ReservoirError.setting(name: "targets", value: problem, allowed: "classes for '\(Self.name)'")
    }
    let given = try Tensor.evaluate([states.cast(to: .float64).withOnes(), targets.cast(to: .float64)])
    let (rows, targets) = (given[0], given[1])
    let columns = rows.shape[1]
    let bound = (Self.curvature * rows.gramMatrix()).penalized(
      by: Tensor(lambda, dtype: .float64), isBiasPenalized: penalizesBias)
    let inverse = try bound.solve(Tensor.identity(columns, dtype: .float64), structure: .positiveDefinite)
      .solution(lambda: lambda)
    var penalties = Tensor(lambda, dtype: .float64).broadcast(to: [columns, 1])
    if !penalizesBias {
      penalties = penalties.replaced(where: Tensor.iota([columns, 1]) .== Double(columns - 1), by: 0)
    }
    var weights = try Tensor.zeros([columns, targets.shape[1]], dtype: .float64).evaluate()
    var (scale, last): (Double?, Int) = (nil, 0)
    for _ in 0..<Self.steps where last < 3 {
      let step = try Tensor.evaluate(
        Self.step(from: weights.asArgument(), rows, targets, penalties, inverse: inverse.asArgument()))
      let (norm, gain) = (try step[2].scalar(), try step[3].scalar())
      guard norm.isFinite else { throw ReservoirError.singular(penalty: lambda, dtype: states.dtype.rawValue) }
      scale = scale ?? norm
      guard norm > 1e-13 * (scale ?? 1) else { break }
      // Where rounding hides by how much the loss falls, the minimum is so near that whole steps lead to it.
      let isNear = gain < 1e-9
      last += isNear ? 1 : 0
      weights = step[isNear ? 1 : 0]
    }
    return ReadoutWeights(tensor: try Self.unique(weights).cast(to: states.dtype).evaluate(), lambda: lambda)
  }

  /// Newton's steps at most; ten or so are enough.
  private static var steps: Int { 100 }

  /// - Returns: the weights after the step that lowers the loss most and after a whole one, the gradient's norm before, and the
  ///   part of the loss by which it falls.
  private static func step(
    from weights: Tensor, _ rows: Tensor, _ targets: Tensor, _ penalties: Tensor, inverse: Tensor
  ) -> [Tensor] {
    let scores = rows.matmul(weights)
    let gradient = rows.transpose().matmul(Self.gradient(scores, targets)) + penalties * weights
    func product(_ vectors: Tensor) -> Tensor {
      rows.transpose().matmul(derivative(scores, targets, along: rows.matmul(vectors))) + penalties * vectors
    }
    func dot(_ a: Tensor, _ b: Tensor) -> Tensor { (a * b).sum() }
    // Conjugate gradients, preconditioned by the bound; what is solved stays as it is.
    let first = inverse.matmul(gradient)
    let goal = dot(gradient, first) * 1e-20
    let solved = scan(
      carry: [Tensor.zeros(weights.shape, dtype: .float64), gradient, first, dot(gradient, first)], length: 60
    ) { carry, _ in
      let (residual, direction, energy) = (carry[1], carry[2], carry[3])
      let moved = product(direction)
      let curvature = dot(direction, moved)
      let isOpen = (energy .> goal).cast(to: .float64) * (curvature .> 0).cast(to: .float64)
      let length = isOpen * energy / curvature.maximum(1e-300)
      let rest = residual - length * moved
      let preconditioned = inverse.matmul(rest)
      let next = dot(rest, preconditioned)
      let factor = isOpen * next / energy.maximum(1e-300)
      return (
        [
          carry[0] + length * direction, rest,
          isOpen * (preconditioned + factor * direction) + (1 - isOpen) * direction,
          isOpen * next + (1 - isOpen) * energy,
        ], []
      )
    }
    let direction = solved.carry[0]
    let change = rows.matmul(direction)
    func loss(_ length: Double) -> Tensor {
      Self.loss(scores - length * change, targets) + 0.5 * (penalties * (weights - length * direction).squared()).sum()
    }
    let lengths = (0..<12).map { pow2(-$0) }
    let losses = Tensor.stack(lengths.map(loss))
    let best = (-losses).argMax().cast(to: .int32)
    let before = loss(0)
    return [
      weights - Tensor(lengths, shape: [lengths.count]).take(best) * direction, weights - direction,
      gradient.squared().sum().sqrt(), (before - losses.min()) / before.maximum(1e-300),
    ]
  }

  private static func pow2(_ exponent: Int) -> Double { Double(sign: .plus, exponent: exponent, significand: 1) }
}

/// Multinomial logistic regression; for one output logistic regression.
///
/// Targets are probabilities of the classes, `[steps, classes]`, mostly one 1 in each row; one output has the probability of the
/// second of two. Outputs are logarithms of the probabilities up to a number for each row: a node `softmax` behind the
/// readout makes them probabilities.
public struct LogisticReadout: ReadoutRule, ClassReadout {
  public static let declaration = Declaration(
    "logistic", "logistic regression of classes, multinomial for several outputs", standard: LogisticReadout(),
    settings: ridgeSettings)

  static let curvature = 0.5
  public var lambda: Double
  public var penalizesBias: Bool

  public init(lambda: Double = 1, penalizesBias: Bool = false) {
    (self.lambda, self.penalizesBias) = (lambda, penalizesBias)
  }

  private static func isBinary(_ scores: Tensor) -> Bool { scores.shape[1] == 1 }

  /// One number more for all classes changes nothing: their mean is 0.
  static func unique(_ weights: Tensor) -> Tensor {
    isBinary(weights) ? weights : weights - weights.mean([1], keepDims: true)
  }

  private static func probabilities(_ scores: Tensor) -> Tensor {
    isBinary(scores) ? scores.sigmoid() : scores.softmax()
  }

  static func loss(_ scores: Tensor, _ targets: Tensor) -> Tensor {
    guard !isBinary(scores) else {
      return (scores.maximum(0) - scores * targets + (1 + (-scores.abs()).exp()).log()).sum()
    }
    let greatest = scores.max([1], keepDims: true)
    let logarithm = (scores - greatest).exp().sum([1], keepDims: true).log() + greatest
    return (targets * (logarithm - scores)).sum()
  }

  static func gradient(_ scores: Tensor, _ targets: Tensor) -> Tensor { probabilities(scores) - targets }

  static func derivative(_ scores: Tensor, _ targets: Tensor, along direction: Tensor) -> Tensor {
    let own = probabilities(scores)
    guard !isBinary(scores) else { return own * (1 - own) * direction }
    return own * (direction - (own * direction).sum([1], keepDims: true))
  }

  static func problem(_ targets: [Double], outputs: Int) -> String? {
    if let other = targets.first(where: { !(0...1).contains($0) }) { return "\(other), no probability" }
    guard outputs > 1 else { return nil }
    let sums = stride(from: 0, to: targets.count, by: outputs).map { targets[$0..<$0 + outputs].reduce(0, +) }
    return sums.first { abs($0 - 1) > 1e-6 }.map { "probabilities with the sum \($0)" }
  }
}

/// A linear support vector machine for each class against the others, with the squared hinge loss.
///
/// Targets are 1 for a step's class and 0, or -1, for others; outputs are above 0 for a step of the class.
public struct SupportVectorReadout: ReadoutRule, ClassReadout {
  public static let declaration = Declaration(
    "supportVector", "a linear support vector machine for each class, with the squared hinge loss",
    standard: SupportVectorReadout(), settings: ridgeSettings)

  static let curvature = 2.0
  public var lambda: Double
  public var penalizesBias: Bool

  public init(lambda: Double = 1, penalizesBias: Bool = true) {
    (self.lambda, self.penalizesBias) = (lambda, penalizesBias)
  }

  private static func sides(_ targets: Tensor) -> Tensor { 2 * (targets .> 0).cast(to: .float64) - 1 }

  private static func margins(_ scores: Tensor, _ targets: Tensor) -> Tensor {
    (1 - sides(targets) * scores).maximum(0)
  }

  static func loss(_ scores: Tensor, _ targets: Tensor) -> Tensor { margins(scores, targets).squared().sum() }

  static func gradient(_ scores: Tensor, _ targets: Tensor) -> Tensor {
    -2 * sides(targets) * margins(scores, targets)
  }

  static func derivative(_ scores: Tensor, _ targets: Tensor, along direction: Tensor) -> Tensor {
    2 * (margins(scores, targets) .> 0).cast(to: .float64) * direction
  }

  static func problem(_ targets: [Double], outputs: Int) -> String? {
    targets.first { ![0, 1, -1].contains($0) }.map { "\($0), neither 0, 1 nor -1" }
  }
}
