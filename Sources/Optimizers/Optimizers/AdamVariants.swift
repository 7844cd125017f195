import Configuration

/// Adam with the greatest magnitude in place of the second moment (Kingma and Ba 2015), see ``InfinityMoments``.
///
/// ``FrameworkStyle/torch`` adds epsilon (1e-8) inside the maximum, ``FrameworkStyle/keras`` (1e-7) outside.
public struct AdaMax: Optimizer {
  public static let declaration = Declaration(
    "adamax", "Adam with the greatest magnitude of gradients", standard: AdaMax(),
    formula: "m of adam; u ← max(β₂u, |g| + ε); w ← w − η m̂ / u",
    reference: Reference(
      "Kingma and Ba", 2015, "Adam: A Method for Stochastic Optimization", "https://arxiv.org/abs/1412.6980"),
    settings: [
      .preset(
        "style", \.style, .word, "where ε is added: inside the maximum (torch) or outside (keras)",
        standard: { AdaMax(style: $0) }),
      .learningRate(\.learningRate), .beta1(\.scaling.beta1),
      .beta2(\.scaling.beta2, "decay rate β₂ of the greatest magnitude"),
      .epsilon(\.scaling.epsilon, "ε, keeps the divisor from being zero"),
    ])

  public var learningRate: any Schedule
  public var scaling: InfinityMoments
  private var style: FrameworkStyle

  /// - Parameter epsilon: the style's by default.
  public init(
    learningRate: any Schedule = 0.002, beta1: any Schedule = 0.9, beta2: any Schedule = 0.999,
    epsilon: (any Schedule)? = nil,
    style: FrameworkStyle = .torch
  ) {
    self.learningRate = learningRate
    self.style = style
    scaling =
      switch style {
      case .torch: InfinityMoments(beta1: beta1, beta2: beta2, epsilon: epsilon ?? 1e-8)
      case .keras:
        InfinityMoments(beta1: beta1, beta2: beta2, epsilon: epsilon ?? 1e-7, placement: .outsideMaximum)
      }
  }

  public var transform: any Transform { Chain([scaling, ScaleByLearningRate(learningRate)]) }
}

/// Adam with the greatest magnitude in place of the second moment: `m' = beta1 m + (1 - beta1) g`,
/// `u' = max(beta2 u, |g|)`, `m' / (1 - beta1^t) / u'` (Kingma and Ba 2015, section 7.1).
public struct InfinityMoments: ParameterwiseTransform, ShardableTransform {
  /// Where epsilon keeps `u'` from being zero.
  public enum Placement: Sendable, Hashable {
    /// `max(beta2 u, |g| + epsilon)`, PyTorch.
    case insideMaximum
    /// `u' + epsilon`, Keras.
    case outsideMaximum
  }

  public var beta1: any Schedule
  public var beta2: any Schedule
  public var epsilon: any Schedule
  public var placement: Placement

  public init(
    beta1: any Schedule = 0.9, beta2: any Schedule = 0.999, epsilon: any Schedule = 1e-8,
    placement: Placement = .insideMaximum
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.placement = placement
  }

  public func initial(_ parameter: Tensor, slots: inout Slots) {
    slots.setZeros("first", "greatest", like: parameter)
  }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    let gradient = update.upcast
    let first = slots.updateMean("first", with: gradient, keeping: beta1.at(context.progress))
    let magnitude = placement == .insideMaximum ? gradient.abs() + epsilon.at(context.progress) : gradient.abs()
    let greatest = (slots["greatest"] * beta2.at(context.progress)).maximum(magnitude)
    slots["greatest"] = greatest
    let mean = first / context.progress.biasCorrection(beta1, dtype: gradient.dtype)
    return (mean / (placement == .outsideMaximum ? greatest + epsilon.at(context.progress) : greatest)).cast(
      to: update.dtype)
  }
}

/// Adam with Nesterov's momentum (Dozat 2016), see ``NesterovMoments``.
///
/// The momentum grows as `beta1 (1 - 0.96^(d t) / 2)` with `d` 0.004 in ``Style/torch`` and 1 in
/// ``Style/keras`` (epsilon 1e-7), and stays `beta1` in ``Style/optax``.
public struct NAdam: Optimizer {
  /// Whose form of the momentum schedule is taken; see `docs/optimizers.md`.
  public enum Style: String, Sendable, Hashable, CaseIterable { case torch, keras, optax }

  public static let declaration = Declaration(
    "nadam", "Adam with Nesterov's momentum", standard: NAdam(),
    formula: "m, v of adam; w ← w − η (μₜ₊₁m / (1 − μ₁⋯μₜ₊₁) + (1 − μₜ)g / (1 − μ₁⋯μₜ)) / (√v̂ + ε)",
    reference: Reference(
      "Dozat", 2016, "Incorporating Nesterov Momentum into Adam", "https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ"
    ),
    settings: [
      .preset(
        "style", \.style, .word, "how the momentum grows: torch (0.004), keras (1) or optax (constant)",
        standard: { NAdam(style: $0) }),
      .learningRate(\.learningRate), .beta1(\.scaling.beta1), .beta2(\.scaling.beta2), .epsilon(\.scaling.epsilon),
      Setting(
        "momentumDecay", \.scaling.momentumDecay, .optional(.nonNegative, standing: 0),
        "how fast the momentum grows: d in 0.96^(d t)"),
    ])

  public var learningRate: any Schedule
  public var scaling: NesterovMoments
  private var style: Style

  /// - Parameters:
  ///   - epsilon: the style's by default.
  ///   - momentumDecay: the style's by default.
  public init(
    learningRate: any Schedule = 0.002, beta1: any Schedule = 0.9, beta2: any Schedule = 0.999,
    epsilon: (any Schedule)? = nil,
    momentumDecay: Double? = nil, style: Style = .torch
  ) {
    self.learningRate = learningRate
    self.style = style
    let growth: Double? =
      switch style {
      case .torch: 0.004
      case .keras: 1
      case .optax: nil
      }
    scaling = NesterovMoments(
      beta1: beta1, beta2: beta2, epsilon: epsilon ?? (style == .keras ? 1e-7 : 1e-8),
      momentumDecay: momentumDecay ?? growth)
  }

  public var transform: any Transform { Chain([scaling, ScaleByLearningRate(learningRate)]) }
}

/// Adam with Nesterov's momentum (Dozat 2016), `N / (sqrt(V) + epsilon)` with
/// `N = mu_(t+1) m' / (1 - mu_1 … mu_(t+1)) + (1 - mu_t) g / (1 - mu_1 … mu_t)`,
/// `V = v' / (1 - beta2^t)`.
///
/// `mu_t = beta1 (1 - 0.96^(momentumDecay t) / 2)`; without a `momentumDecay`, `mu_t = beta1`.
public struct NesterovMoments: ParameterwiseTransform, ShardableTransform {
  public var beta1: any Schedule
  public var beta2: any Schedule
  public var epsilon: any Schedule
  public var momentumDecay: Double?

  public init(
    beta1: any Schedule = 0.9, beta2: any Schedule = 0.999, epsilon: any Schedule = 1e-8, momentumDecay: Double? = 0.004
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.momentumDecay = momentumDecay
  }

  public func initial(_ parameter: Tensor, slots: inout Slots) {
    slots.setZeros("first", "second", like: parameter)
    slots["product"] = Tensor(1, dtype: parameter.dtype.accumulation)
  }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    let gradient = update.upcast
    let first = slots.updateMean("first", with: gradient, keeping: beta1.at(context.progress))
    let second = slots.updateMean("second", with: gradient.squared(), keeping: beta2.at(context.progress))
    let number = context.progress.updateNumber(dtype: gradient.dtype)
    let (momentum, nextMomentum) = (
      momentum(at: number, context.progress), momentum(at: number + 1, context.progress.next)
    )
    let product = slots["product"] * momentum
    slots["product"] = product
    let mean = first * (nextMomentum / (1 - product * nextMomentum)) + gradient * ((1 - momentum) / (1 - product))
    let corrected = second / context.progress.biasCorrection(beta2, dtype: gradient.dtype)
    return (mean / (corrected.sqrt() + epsilon.at(context.progress))).cast(to: update.dtype)
  }

  private func momentum(at number: Tensor, _ progress: Progress) -> Tensor {
    let beta1 = beta1.value(at: progress, dtype: number.dtype)
    guard let momentumDecay else { return beta1 }
    return (1 - Tensor(0.96, dtype: number.dtype).power(number * momentumDecay) * 0.5) * beta1
  }
}

/// Adam that begins as momentum, until the second moment's variance allows more (Liu et al. 2020), see
/// ``RectifiedMoments``. With ``Lookahead`` it is known as Ranger.
public struct RAdam: Optimizer {
  public static let declaration = Declaration(
    "radam", "Adam rectified while its second moment is uncertain", standard: RAdam(),
    formula: "m, v of adam; w ← w − η rₜ m̂ / (√v̂ + ε), and w − η m̂ as long as the variance of √v̂ is infinite",
    reference: Reference(
      "Liu et al.", 2020, "On the Variance of the Adaptive Learning Rate and Beyond", "https://arxiv.org/abs/1908.03265"
    ),
    settings: [
      .learningRate(\.learningRate), .beta1(\.scaling.beta1), .beta2(\.scaling.beta2),
      .epsilon(\.scaling.epsilon, "ε, added to the root before the bias correction"),
    ])

  public var learningRate: any Schedule
  public var scaling: RectifiedMoments

  public init(
    learningRate: any Schedule = 0.001, beta1: any Schedule = 0.9, beta2: any Schedule = 0.999,
    epsilon: any Schedule = 1e-8
  ) {
    self.learningRate = learningRate
    scaling = RectifiedMoments(beta1: beta1, beta2: beta2, epsilon: epsilon)
  }

  public var transform: any Transform { Chain([scaling, ScaleByLearningRate(learningRate)]) }
}

/// Adam whose step is rectified by the variance of its second moment (Liu et al. 2020).
///
/// With `R = 2 / (1 - beta2) - 1` and `r = R - 2 t beta2^t / (1 - beta2^t)`: while `r <= 5` the output is the
/// corrected mean `M`, then `M sqrt(1 - beta2^t) / (sqrt(v') + epsilon)` times
/// `sqrt((r - 4) (r - 2) R / ((R - 4) (R - 2) r))`.
public struct RectifiedMoments: ParameterwiseTransform, ShardableTransform {
  public var beta1: any Schedule
  public var beta2: any Schedule
  public var epsilon: any Schedule

  public init(beta1: any Schedule = 0.9, beta2: any Schedule = 0.999, epsilon: any Schedule = 1e-8) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }

  public func initial(_ parameter: Tensor, slots: inout Slots) {
    slots.setZeros("first", "second", like: parameter)
  }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    let gradient = update.upcast
    let first = slots.updateMean("first", with: gradient, keeping: beta1.at(context.progress))
    let second = slots.updateMean("second", with: gradient.squared(), keeping: beta2.at(context.progress))
    let progress = context.progress
    let mean = first / progress.biasCorrection(beta1, dtype: gradient.dtype)
    let correction = progress.biasCorrection(beta2, dtype: gradient.dtype)
    let most = (2 / (1 - beta2.at(progress)) - 1).tensor(gradient.dtype)
    let number = progress.updateNumber(dtype: gradient.dtype)
    let length = most - number * 2 * (1 - correction) / correction
    let rectification =
      ((length - 4) * (length - 2) * (most / ((most - 4) * (most - 2))) / length).sqrt()
    let adapted = mean * (rectification * correction.sqrt()) / (second.sqrt() + epsilon.at(context.progress))
    return Tensor.select(length .> 5, adapted, mean).cast(to: update.dtype)
  }
}

/// Adam over the gradients' surprise (Zhuang et al. 2020), see ``BeliefMoments``.
public struct AdaBelief: Optimizer {
  public static let declaration = Declaration(
    "adaBelief", "Adam over how far gradients are from their mean", standard: AdaBelief(),
    formula: "m of adam; s ← β₂s + (1 − β₂)(g − m)² + ε′; w ← w − η m̂ / (√ŝ + ε)",
    reference: Reference(
      "Zhuang et al.", 2020, "AdaBelief Optimizer: Adapting Stepsizes by the Belief in Observed Gradients",
      "https://arxiv.org/abs/2010.07468"),
    settings: [
      .learningRate(\.learningRate), .beta1(\.scaling.beta1),
      .beta2(\.scaling.beta2, "decay rate β₂ of the squared belief error"), .epsilon(\.scaling.epsilon),
      Setting("epsilonRoot", \.scaling.epsilonRoot, .nonNegative, "added to the squared belief error in each step"),
      .weightDecay(\.weightDecay), .excludeFromWeightDecay(\.weightDecayFilter),
    ])

  public var learningRate: any Schedule
  public var scaling: BeliefMoments
  public var weightDecay: any Schedule
  public var weightDecayFilter: PathFilter

  public init(
    learningRate: any Schedule = 0.001, beta1: any Schedule = 0.9, beta2: any Schedule = 0.999,
    epsilon: any Schedule = 1e-16,
    epsilonRoot: any Schedule = 1e-16, weightDecay: any Schedule = 0.0, weightDecayFilter: PathFilter = .all
  ) {
    self.learningRate = learningRate
    scaling = BeliefMoments(beta1: beta1, beta2: beta2, epsilon: epsilon, epsilonRoot: epsilonRoot)
    self.weightDecay = weightDecay
    self.weightDecayFilter = weightDecayFilter
  }

  public var transform: any Transform {
    Chain(scaling, decay: weightDecay, filter: weightDecayFilter, learningRate: learningRate)
  }
}

/// Adam over the surprise in place of the gradient's size: `v' = beta2 v + (1 - beta2) (g - m')^2 + epsilonRoot`,
/// `M / (sqrt(V) + epsilon)` (Zhuang et al. 2020).
public struct BeliefMoments: ParameterwiseTransform, ShardableTransform {
  public var beta1: any Schedule
  public var beta2: any Schedule
  public var epsilon: any Schedule
  public var epsilonRoot: any Schedule

  public init(
    beta1: any Schedule = 0.9, beta2: any Schedule = 0.999, epsilon: any Schedule = 1e-16,
    epsilonRoot: any Schedule = 1e-16
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.epsilonRoot = epsilonRoot
  }

  public func initial(_ parameter: Tensor, slots: inout Slots) {
    slots.setZeros("first", "second", like: parameter)
  }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    let gradient = update.upcast
    let first = slots.updateMean("first", with: gradient, keeping: beta1.at(context.progress))
    let second =
      slots["second"].runningMean((gradient - first).squared(), keeping: beta2.at(context.progress))
      + epsilonRoot.at(context.progress)
    slots["second"] = second
    let mean = first / context.progress.biasCorrection(beta1, dtype: gradient.dtype)
    let corrected = second / context.progress.biasCorrection(beta2, dtype: gradient.dtype)
    return (mean / (corrected.sqrt() + epsilon.at(context.progress))).cast(to: update.dtype)
  }
}
