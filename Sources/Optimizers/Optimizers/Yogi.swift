import Configuration

/// Adam whose second moment grows and falls by additive steps (Zaheer et al. 2018), see ``AdditiveMoments``.
public struct Yogi: Optimizer {
  public static let declaration = Declaration(
    "yogi", "Adam whose second moment changes by additive steps", standard: Yogi(),
    formula: "m of adam; v ← v − (1 − β₂) sign(v − g²) g²; w ← w − η m̂ / (√v̂ + ε)",
    reference: Reference(
      "Zaheer et al.", 2018, "Adaptive Methods for Nonconvex Optimization",
      "https://papers.nips.cc/paper/8186-adaptive-methods-for-nonconvex-optimization"),
    settings: [
      .learningRate(\.learningRate), .beta1(\.moments.beta1), .beta2(\.moments.beta2), .epsilon(\.moments.epsilon),
      Setting("initial", \.moments.start, .positive, "both moments before the first step"),
      .weightDecay(\.weightDecay), .excludeFromWeightDecay(\.weightDecayFilter),
    ])

  public var learningRate: any Schedule
  public var moments: AdditiveMoments
  public var weightDecay: any Schedule
  public var weightDecayFilter: PathFilter

  public init(
    learningRate: any Schedule = 0.01, beta1: any Schedule = 0.9, beta2: any Schedule = 0.999,
    epsilon: any Schedule = 1e-3, initial: Double = 1e-6, weightDecay: any Schedule = 0.0,
    weightDecayFilter: PathFilter = .all
  ) {
    self.learningRate = learningRate
    moments = AdditiveMoments(beta1: beta1, beta2: beta2, epsilon: epsilon, start: initial)
    self.weightDecay = weightDecay
    self.weightDecayFilter = weightDecayFilter
  }

  public var transform: any Transform {
    Chain(moments, decay: weightDecay, filter: weightDecayFilter, learningRate: learningRate)
  }
}

/// Adam's moments with `v' = v - (1 - beta2) sign(v - g^2) g^2`, whose change doesn't depend on `v` (Yogi, Zaheer et al. 2018).
///
/// Both begin at `start`, and their bias is corrected as if at zero, as in optax.
public struct AdditiveMoments: ParameterwiseTransform, ShardableTransform {
  public var beta1: any Schedule
  public var beta2: any Schedule
  public var epsilon: any Schedule
  public var start: Double

  public init(
    beta1: any Schedule = 0.9, beta2: any Schedule = 0.999, epsilon: any Schedule = 1e-3, start: Double = 1e-6
  ) {
    (self.beta1, self.beta2, self.epsilon, self.start) = (beta1, beta2, epsilon, start)
  }

  public func initial(_ parameter: Tensor, slots: inout Slots) {
    slots.setZeros("first", "second", like: parameter)
    for name in ["first", "second"] { slots[name] = slots[name] + start }
  }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    let (gradient, progress) = (update.upcast, context.progress)
    let (dtype, square) = (gradient.dtype, gradient.squared())
    let first = slots.updateMean("first", with: gradient, keeping: beta1.at(progress))
    let second = slots["second"] - (slots["second"] - square).sign() * square * (1 - beta2.at(progress))
    slots["second"] = second
    let mean = first / progress.biasCorrection(beta1, dtype: dtype)
    let root = (second / progress.biasCorrection(beta2, dtype: dtype)).sqrt()
    return (mean / (root + epsilon.at(progress))).cast(to: update.dtype)
  }
}
