import Configuration

/// Momentum brought near an orthogonal matrix, for tensors of two axes; ``NAdam`` with a constant momentum for
/// the rest (Jordan et al. 2024, as optax computes it), see ``Orthogonalize``.
public struct Muon: Optimizer {
  public static let declaration = Declaration(
    "muon", "momentum of matrices made orthogonal, NAdam for the rest", standard: Muon(),
    formula: "m ← μm + (1 − μ)g; w ← w − η (s UVᵀ + λw), m = UΣVᵀ by Newton and Schulz, s by shape",
    reference: Reference(
      "Jordan et al.", 2024, "Muon: An optimizer for hidden layers in neural networks",
      "https://kellerjordan.github.io/posts/muon/"),
    settings: [
      .learningRate(\.learningRate), .momentum(\.scaling.beta), .nesterov(\.scaling.isNesterov),
      .biasCorrection(\.scaling.correctsBias),
      Setting(
        "scale", \.scaling.scale, .word,
        "the step's size: original, matchRMS (AdamW's, Moonlight), spectral, or none"),
      Setting("iterations", \.scaling.iterations, .integer(in: 1...100), "Newton–Schulz iterations"),
      Setting(
        "coefficients", \.scaling.coefficients, .numbers.checked("three numbers") { $0.count == 3 },
        "a, b and c of the iteration's polynomial"),
      .epsilon(\.scaling.epsilon, "ε, added to the matrix norm"),
      Setting(
        "otherLearningRate", \.otherLearningRate, .schedule,
        "learning rate of parameters that aren't matrices, or a schedule"),
      .weightDecay(\.weightDecay), .excludeFromWeightDecay(\.weightDecayFilter),
    ])

  public var learningRate: any Schedule
  public var scaling: Orthogonalize
  public var otherLearningRate: any Schedule
  public var weightDecay: any Schedule
  public var weightDecayFilter: PathFilter

  public init(
    learningRate: any Schedule = 0.02, momentum: any Schedule = 0.95, isNesterov: Bool = true,
    correctsBias: Bool = true, scale: Orthogonalize.Scale = .original, iterations: Int = 5,
    coefficients: [Double] = Orthogonalize.usualCoefficients, epsilon: any Schedule = 1e-8,
    otherLearningRate: any Schedule = 0.001, weightDecay: any Schedule = 0.0, weightDecayFilter: PathFilter = .all
  ) {
    self.learningRate = learningRate
    scaling = Orthogonalize(
      beta: momentum, isNesterov: isNesterov, correctsBias: correctsBias, scale: scale, iterations: iterations,
      coefficients: coefficients, epsilon: epsilon)
    self.otherLearningRate = otherLearningRate
    self.weightDecay = weightDecay
    self.weightDecayFilter = weightDecayFilter
  }

  public var transform: any Transform {
    func part(_ scaling: any Transform, learningRate: any Schedule) -> Chain {
      Chain(scaling, decay: weightDecay, filter: weightDecayFilter, learningRate: learningRate)
    }
    return Partition(
      matrices: part(scaling, learningRate: learningRate),
      others: part(NesterovMoments(momentumDecay: nil), learningRate: otherLearningRate))
  }
}

/// Momentum whose matrices are brought near an orthogonal one (Muon, Jordan et al. 2024).
///
/// `m' = beta m + (1 - beta) g`; with Nesterov's look-ahead and both parts' bias corrected,
/// `n = beta m' / (1 - beta^(t+1)) + (1 - beta) g / (1 - beta^t)`. `X = n / (|n| + epsilon)` (transposed if it
/// has more rows than columns) goes through `X = a X + (b A + c A^2) X`, `A = X X^T`, a few times, which moves
/// its singular values towards 1, and is scaled by the ``Scale``. Rows are inputs and columns outputs, as in kernels.
///
/// For tensors of two axes; others fail.
public struct Orthogonalize: ParameterwiseTransform {
  /// What the orthogonal matrix is multiplied by.
  public enum Scale: String, Sendable, Hashable, CaseIterable {
    /// `sqrt(max(1, columns / rows))` (Jordan et al. 2024; PyTorch's `original`).
    case original
    /// `0.2 sqrt(max(rows, columns))`, which gives steps the root mean square of AdamW's, and so its learning rate and
    /// decay (Liu et al. 2025, Moonlight; PyTorch's `match_rms_adamw`).
    case matchRMS
    /// `sqrt(columns / rows)`, the steepest descent in the operator norm between root mean squares (Bernstein and
    /// Newhouse 2024).
    case spectral
    case none

    func factor(rows: Int, columns: Int) -> Double {
      let quotient = Double(columns) / Double(Swift.max(1, rows))
      return switch self {
      case .original: Swift.max(1, quotient).squareRoot()
      case .matchRMS: 0.2 * Double(Swift.max(rows, columns)).squareRoot()
      case .spectral: quotient.squareRoot()
      case .none: 1
      }
    }
  }

  public var beta: any Schedule
  public var isNesterov: Bool
  public var correctsBias: Bool
  public var scale: Scale
  public var iterations: Int
  /// a, b and c.
  public var coefficients: [Double]
  public var epsilon: any Schedule

  /// Coefficients chosen for speed: singular values end between about 0.7 and 1.2.
  public static let usualCoefficients = [3.4445, -4.775, 2.0315]

  public init(
    beta: any Schedule = 0.95, isNesterov: Bool = true, correctsBias: Bool = true, scale: Scale = .original,
    iterations: Int = 5, coefficients: [Double] = Orthogonalize.usualCoefficients, epsilon: any Schedule = 1e-8
  ) {
    self.beta = beta
    self.isNesterov = isNesterov
    self.correctsBias = correctsBias
    self.scale = scale
    self.iterations = iterations
    self.coefficients = coefficients
    self.epsilon = epsilon
  }

  public func initial(_ parameter: Tensor, slots: inout Slots) {
    slots.setZeros("first", like: parameter)
  }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    guard update.rank == 2 else {
      return .failed(
        Diagnostic(operation: "orthogonalize", message: "needs a matrix, and '\(slots.path)' is \(update.shape)"))
    }
    guard coefficients.count == 3 else {
      return .failed(
        Diagnostic(operation: "orthogonalize", message: "needs three coefficients, not \(coefficients)"))
    }
    let gradient = update.upcast
    let first = slots.updateMean("first", with: gradient, keeping: beta.at(context.progress))
    let (now, next) = corrections(context.progress, dtype: gradient.dtype)
    let beta = beta.value(at: context.progress, dtype: gradient.dtype)
    let mean = isNesterov ? first * beta / next + gradient * (1 - beta) / now : first / now
    let isTall = update.shape[0] > update.shape[1]
    var matrix = isTall ? mean.transpose() : mean
    matrix = matrix / (matrix.norm() + epsilon.at(context.progress))
    let (a, b, c) = (coefficients[0], coefficients[1], coefficients[2])
    for _ in 0..<Swift.max(0, iterations) {
      let gram = matrix.matmul(matrix.transpose())
      matrix = matrix * a + (gram * b + gram.matmul(gram) * c).matmul(matrix)
    }
    let factor = scale.factor(rows: update.shape[0], columns: update.shape[1])
    return ((isTall ? matrix.transpose() : matrix) * factor).cast(to: update.dtype)
  }

  /// What this step's and the next one's mean are divided by.
  private func corrections(_ progress: Progress, dtype: DType) -> (Tensor, Tensor) {
    guard correctsBias else { return (Tensor(1, dtype: dtype), Tensor(1, dtype: dtype)) }
    let now = progress.biasCorrection(beta, dtype: dtype)
    return (now, 1 - (1 - now) * beta.value(at: progress, dtype: dtype))
  }
}
