import Configuration

/// Adam whose rates are held between bounds that close around one of SGD (Luo et al. 2019), see ``BoundedMoments``.
///
/// In the authors' code the final rate follows a schedule of the learning rate; here it takes a schedule of its own.
public struct AdaBound: Optimizer {
  public static let declaration = Declaration(
    "adaBound", "Adam whose rates close in on one of SGD", standard: AdaBound(),
    formula: "m, v of adam; w ← w − clip(η / √v, ηₑ(1 − 1/(γt + 1)), ηₑ(1 + 1/(γt))) m",
    reference: Reference(
      "Luo et al.", 2019, "Adaptive Gradient Methods with Dynamic Bound of Learning Rate",
      "https://arxiv.org/abs/1902.09843"),
    settings: [
      .learningRate(\.moments.rate),
      Setting(
        "finalLearningRate", \.moments.finalRate, .schedule, "the rate that the bounds close in on, or a schedule"),
      .beta1(\.moments.beta1), .beta2(\.moments.beta2), .epsilon(\.moments.epsilon),
      Setting("gamma", \.moments.gamma, .positive, "γ, how fast the bounds close"),
      Setting("amsgrad", \.moments.amsgrad, .flag, "whether to divide by the greatest second moment so far (AMSBound)"),
      .l2(\.l2), .excludeFromWeightDecay(\.weightDecayFilter),
    ])

  public var moments: BoundedMoments
  public var l2: any Schedule
  public var weightDecayFilter: PathFilter

  public init(
    learningRate: any Schedule = 0.001, finalLearningRate: any Schedule = 0.1, beta1: any Schedule = 0.9,
    beta2: any Schedule = 0.999, epsilon: any Schedule = 1e-8, gamma: any Schedule = 0.001, amsgrad: Bool = false,
    l2: any Schedule = 0.0, weightDecayFilter: PathFilter = .all
  ) {
    moments = BoundedMoments(
      rate: learningRate, finalRate: finalLearningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, gamma: gamma,
      amsgrad: amsgrad)
    self.l2 = l2
    self.weightDecayFilter = weightDecayFilter
  }

  public var transform: any Transform {
    var chain: [any Transform] = []
    chain.append(decay: l2, filter: weightDecayFilter)
    return Chain(chain + [moments])
  }
}

/// Adam's step with each element's rate held between bounds (AdaBound, Luo et al. 2019), with the sign turned.
///
/// `-m' r`, where `r = lr sqrt(1 - beta2^t) / (1 - beta1^t) / (sqrt(v') + epsilon)` is at least
/// `final (1 - 1 / (gamma t + 1))` and at most `final (1 + 1 / (gamma t))`.
public struct BoundedMoments: ParameterwiseTransform, ShardableTransform {
  public var rate: any Schedule
  public var finalRate: any Schedule
  public var beta1: any Schedule
  public var beta2: any Schedule
  public var epsilon: any Schedule
  public var gamma: any Schedule
  public var amsgrad: Bool

  public init(
    rate: any Schedule = 0.001, finalRate: any Schedule = 0.1, beta1: any Schedule = 0.9, beta2: any Schedule = 0.999,
    epsilon: any Schedule = 1e-8, gamma: any Schedule = 0.001, amsgrad: Bool = false
  ) {
    self.rate = rate
    self.finalRate = finalRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.gamma = gamma
    self.amsgrad = amsgrad
  }

  public var learningRate: (any Schedule)? { rate }

  public func initial(_ parameter: Tensor, slots: inout Slots) {
    slots.setZeros("first", "second", like: parameter)
    if amsgrad { slots.setZeros("greatest", like: parameter) }
  }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    let (gradient, progress) = (update.upcast, context.progress)
    let dtype = gradient.dtype
    let first = slots.updateMean("first", with: gradient, keeping: beta1.at(progress))
    var second = slots.updateMean("second", with: gradient.squared(), keeping: beta2.at(context.progress))
    if amsgrad {
      second = slots["greatest"].maximum(second)
      slots["greatest"] = second
    }
    let correction = progress.biasCorrection(beta2, dtype: dtype).sqrt() / progress.biasCorrection(beta1, dtype: dtype)
    let own = rate.value(at: progress, dtype: dtype) * correction / (second.sqrt() + epsilon.at(context.progress))
    let (final, time) = (
      finalRate.value(at: progress, dtype: dtype), progress.updateNumber(dtype: dtype) * gamma.at(context.progress)
    )
    let bounded = own.maximum(final * (1 - 1 / (time + 1))).minimum(final * (1 / time + 1))
    return (-first * bounded).cast(to: update.dtype)
  }
}
