import Configuration

/// Adam with Nesterov's momentum, estimated from the change of the gradient (Xie et al. 2022), see ``AdanMoments``.
///
/// Weight decay is a proximal step, `w' = (w - lr u) / (1 + lr decay)`, or shrinks parameters before the step as
/// ``AdamW`` does. The betas are the authors' code's, 1 minus those of the paper.
public struct Adan: Optimizer {
  public static let declaration = Declaration(
    "adan", "Adam with Nesterov's momentum from changes of the gradient", standard: Adan(),
    formula: "m, d, n: means of g, Δg, (g + β₂Δg)²; w ← (w − η (m̂ + β₂d̂) / (√n̂ + ε)) / (1 + ηλ)",
    reference: Reference(
      "Xie et al.", 2022, "Adan: Adaptive Nesterov Momentum Algorithm for Faster Optimizing Deep Models",
      "https://arxiv.org/abs/2208.06677"),
    settings: [
      .learningRate(\.learningRate), .beta1(\.moments.beta1),
      .beta2(\.moments.beta2, "decay rate β₂ of the gradient's change"),
      Setting("beta3", \.moments.beta3, .decayRate, "decay rate β₃ of the second moment"),
      .epsilon(\.moments.epsilon), .weightDecay(\.weightDecay), .excludeFromWeightDecay(\.weightDecayFilter),
      Setting("proximal", \.isProximal, .flag, "whether weight decay is a proximal step"),
    ])

  public var learningRate: any Schedule
  public var moments: AdanMoments
  public var weightDecay: any Schedule
  public var weightDecayFilter: PathFilter
  public var isProximal: Bool

  public init(
    learningRate: any Schedule = 0.001, beta1: any Schedule = 0.98, beta2: any Schedule = 0.92,
    beta3: any Schedule = 0.99,
    epsilon: any Schedule = 1e-8, weightDecay: any Schedule = 0.0, weightDecayFilter: PathFilter = .all,
    isProximal: Bool = true
  ) {
    self.learningRate = learningRate
    moments = AdanMoments(beta1: beta1, beta2: beta2, beta3: beta3, epsilon: epsilon)
    self.weightDecay = weightDecay
    self.weightDecayFilter = weightDecayFilter
    self.isProximal = isProximal
  }

  public var transform: any Transform {
    let step = chain(moments, ScaleByLearningRate(learningRate))
    if isProximal {
      return chain(step, DecayAfter(weightDecay, rate: learningRate, form: .proximal, filter: weightDecayFilter))
    }
    return DecayFirst(weightDecay, rate: learningRate, filter: weightDecayFilter, then: step)
  }
}

/// Updates as ``Adan`` scales them (Xie et al. 2022). With `c = g - g_before`, 0 at the first step: `m' = beta1 m + (1
/// - beta1) g`, `d' = beta2 d + (1 - beta2) c`, `n' = beta3 n + (1 - beta3) (g + beta2 c)^2`; with the bias of each
/// corrected, `(M + beta2 D) / (sqrt(N) + epsilon)`.
public struct AdanMoments: ParameterwiseTransform, ShardableTransform {
  public var beta1: any Schedule
  public var beta2: any Schedule
  public var beta3: any Schedule
  public var epsilon: any Schedule

  public init(
    beta1: any Schedule = 0.98, beta2: any Schedule = 0.92, beta3: any Schedule = 0.99, epsilon: any Schedule = 1e-8
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.beta3 = beta3
    self.epsilon = epsilon
  }

  public func initial(_ parameter: Tensor, slots: inout Slots) {
    slots.setZeros("first", "change", "second", "gradient", like: parameter)
  }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    let (gradient, progress) = (update.upcast, context.progress)
    let change = (gradient - slots["gradient"]).replaced(where: progress.step .== 0, by: 0)
    slots["gradient"] = gradient
    let first = slots.updateMean("first", with: gradient, keeping: beta1.at(progress))
    let changes = slots.updateMean("change", with: change, keeping: beta2.at(context.progress))
    let second = slots.updateMean(
      "second", with: (gradient + change * beta2.at(context.progress)).squared(), keeping: beta3.at(context.progress))
    let root = (second / progress.biasCorrection(beta3, dtype: gradient.dtype)).sqrt()
    let mean = first / progress.biasCorrection(beta1, dtype: gradient.dtype)
    let ahead = changes * beta2.at(context.progress) / progress.biasCorrection(beta2, dtype: gradient.dtype)
    return ((mean + ahead) / (root + epsilon.at(context.progress))).cast(to: update.dtype)
  }
}
