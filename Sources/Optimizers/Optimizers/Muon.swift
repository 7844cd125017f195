import Configuration

/// Momentum brought near an orthogonal matrix, for tensors of two axes; ``NAdam`` with a constant momentum for
/// the rest (Jordan et al. 2024, as optax computes it), see ``Orthogonalize``.
public struct Muon: Optimizer {
  public static let declaration = Declaration(
    "muon", "momentum of matrices made orthogonal, NAdam for the rest", standard: Muon(),
    reference: Reference(
      "Jordan et al.", 2024, "Muon: An optimizer for hidden layers in neural networks",
      "https://kellerjordan.github.io/posts/muon/"),
    settings: [
      .learningRate(\.learningRate), .momentum(\.scaling.beta), .nesterov(\.scaling.isNesterov),
      .biasCorrection(\.scaling.correctsBias),
      Setting("iterations", \.scaling.iterations, .integer(in: 1...100), "Newton–Schulz iterations"),
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
    correctsBias: Bool = true,
    iterations: Int = 5, epsilon: Double = 1e-8, otherLearningRate: any Schedule = 0.001,
    weightDecay: any Schedule = 0.0,
    weightDecayFilter: PathFilter = .all
  ) {
    self.learningRate = learningRate
    scaling = Orthogonalize(
      beta: momentum, isNesterov: isNesterov, correctsBias: correctsBias, iterations: iterations, epsilon: epsilon)
    self.otherLearningRate = otherLearningRate
    self.weightDecay = weightDecay
    self.weightDecayFilter = weightDecayFilter
  }

  public var transform: any Transform {
    func part(_ scaling: any Transform, learningRate: any Schedule) -> Chain {
      var chain: [any Transform] = [scaling]
      chain.append(decay: weightDecay, filter: weightDecayFilter)
      return Chain(chain + [ScaleByLearningRate(learningRate)])
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
/// its singular values towards 1, and is scaled by `sqrt(max(1, columns / rows))`.
///
/// For tensors of two axes; others fail.
public struct Orthogonalize: ParameterwiseTransform {
  public var beta: any Schedule
  public var isNesterov: Bool
  public var correctsBias: Bool
  public var iterations: Int
  public var epsilon: Double

  /// The polynomial's coefficients, chosen for speed: singular values end between about 0.7 and 1.2.
  static let coefficients = (a: 3.4445, b: -4.775, c: 2.0315)

  public init(
    beta: any Schedule = 0.95, isNesterov: Bool = true, correctsBias: Bool = true, iterations: Int = 5,
    epsilon: Double = 1e-8
  ) {
    self.beta = beta
    self.isNesterov = isNesterov
    self.correctsBias = correctsBias
    self.iterations = iterations
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
    let gradient = update.upcast
    let first = slots.updateMean("first", with: gradient, keeping: beta, at: context.progress)
    let (now, next) = corrections(context.progress, dtype: gradient.dtype)
    let beta = beta.value(at: context.progress, dtype: gradient.dtype)
    let mean = isNesterov ? first * beta / next + gradient * (1 - beta) / now : first / now
    let isTall = update.shape[0] > update.shape[1]
    var matrix = isTall ? mean.transpose() : mean
    matrix = matrix / (matrix.norm() + epsilon)
    let (a, b, c) = Self.coefficients
    for _ in 0..<Swift.max(0, iterations) {
      let gram = matrix.matmul(matrix.transpose())
      matrix = matrix * a + (gram * b + gram.matmul(gram) * c).matmul(matrix)
    }
    let scale = Swift.max(1, Double(update.shape[1]) / Double(Swift.max(1, update.shape[0]))).squareRoot()
    return ((isTall ? matrix.transpose() : matrix) * scale).cast(to: update.dtype)
  }

  /// What this step's and the next one's mean are divided by.
  private func corrections(_ progress: Progress, dtype: DType) -> (Tensor, Tensor) {
    guard correctsBias else { return (Tensor(1, dtype: dtype), Tensor(1, dtype: dtype)) }
    let now = progress.biasCorrection(beta, dtype: dtype)
    return (now, 1 - (1 - now) * beta.value(at: progress, dtype: dtype))
  }
}

/// One transform for matrices, tensors of two axes, and another for the rest.
public struct Partition: Transform {
  public var matrices: any Transform
  public var others: any Transform

  public init(matrices: any Transform, others: any Transform) {
    self.matrices = matrices
    self.others = others
  }

  /// The matrices', if they have one.
  public var learningRate: (any Schedule)? { matrices.learningRate ?? others.learningRate }

  /// Shares show no matrices: itself, if its parts could do with them.
  public var unshardable: [any Transform] {
    let parts = matrices.unshardable + others.unshardable
    return parts.isEmpty ? [self] : parts
  }

  public func initial(_ parameters: TensorTree) -> TensorTree {
    let (matrices, others) = parts(parameters)
    return self.matrices.initial(matrices).nested(under: "matrices")
      .merging(self.others.initial(others).nested(under: "others"))
  }

  public func update(
    _ updates: TensorTree, state: TensorTree, context: UpdateContext
  ) -> (updates: TensorTree, state: TensorTree) {
    let parts = parts(updates)
    let first = matrices.update(parts.matrices, state: state[under: "matrices"], context: context)
    let second = others.update(parts.others, state: state[under: "others"], context: context)
    return (
      updates.merging(first.updates).merging(second.updates),
      first.state.nested(under: "matrices").merging(second.state.nested(under: "others"))
    )
  }

  private func parts(_ tree: TensorTree) -> (matrices: TensorTree, others: TensorTree) {
    (tree.filter { tree[$0]?.rank == 2 }, tree.filter { tree[$0]?.rank != 2 })
  }
}
