import Configuration

/// Adam over gradients of reduced variance (Yuan et al. 2024), see ``VarianceReduction``.
///
/// The authors' code leaves parameters of one axis to AdamW, with a learning rate of their own: ``ParameterGroups`` do
/// that here. Before other optimizers the transform `varianceReduction` does the same to their gradients.
public struct MARS: Optimizer {
  public static let declaration = Declaration(
    "mars", "Adam over gradients of reduced variance", standard: MARS(),
    formula: "c = g + γ β₁/(1 − β₁) Δg, scaled down to the norm 1; adamW of c",
    reference: Reference(
      "Yuan et al.", 2024, "MARS: Unleashing the Power of Variance Reduction for Training Large Models",
      "https://arxiv.org/abs/2411.10438"),
    settings: [
      .learningRate(\.learningRate), .beta1(\.moments.beta1), .beta2(\.moments.beta2), .gamma(\.gamma),
      .epsilon(\.moments.epsilon), .weightDecay(\.weightDecay), .excludeFromWeightDecay(\.weightDecayFilter),
    ])

  public var learningRate: any Schedule
  public var moments: AdamMoments
  public var gamma: any Schedule
  public var weightDecay: any Schedule
  public var weightDecayFilter: PathFilter

  public init(
    learningRate: any Schedule = 0.003, beta1: any Schedule = 0.95, beta2: any Schedule = 0.99,
    gamma: any Schedule = 0.025,
    epsilon: any Schedule = 1e-8, weightDecay: any Schedule = 0.0, weightDecayFilter: PathFilter = .all
  ) {
    self.learningRate = learningRate
    moments = AdamMoments(beta1: beta1, beta2: beta2, epsilon: epsilon)
    self.gamma = gamma
    self.weightDecay = weightDecay
    self.weightDecayFilter = weightDecayFilter
  }

  public var transform: any Transform {
    var chain: [any Transform] = [VarianceReduction(gamma: gamma, beta1: moments.beta1), moments]
    chain.append(decay: weightDecay, filter: weightDecayFilter)
    return Chain(chain + [ScaleByLearningRate(learningRate)])
  }
}

/// Gradients with a multiple of their change added: `c = g + gamma beta1 / (1 - beta1) (g - g_before)`, scaled down to
/// the norm 1 if its own is greater, per parameter (MARS, Yuan et al. 2024).
///
/// The gradient before is that of the mini-batch before, as in the authors' code, and 0 at first; beta1 is that of the
/// optimizer which follows.
public struct VarianceReduction: NamedTransform, ShardableTransform {
  public static let declaration = Declaration(
    "varianceReduction", "adds a part of the gradient's change to it, and scales it down to the norm 1",
    standard: VarianceReduction(),
    formula: "c = g + γ β₁/(1 − β₁) Δg; g ← c / max(1, |c|)",
    reference: Reference(
      "Yuan et al.", 2024, "MARS: Unleashing the Power of Variance Reduction for Training Large Models",
      "https://arxiv.org/abs/2411.10438"),
    settings: [.gamma(\.gamma), .beta1(\.beta1, "decay rate β₁ of the mean that follows, or a schedule")])

  public var gamma: any Schedule
  public var beta1: any Schedule

  public init(gamma: any Schedule = 0.025, beta1: any Schedule = 0.95) {
    self.gamma = gamma
    self.beta1 = beta1
  }

  public func initial(_ parameters: TensorTree) -> TensorTree { parameters.mapValues { $0.upcast.zerosLike() } }

  public func update(
    _ updates: TensorTree, state: TensorTree, context: UpdateContext
  ) -> (updates: TensorTree, state: TensorTree) {
    let gradients = updates.mapValues(\.upcast)
    let corrected = gradients.zip(state) { gradient, before in
      let beta = beta1.at(context.progress)
      return gradient + (gradient - before) * (beta / (1 - beta) * gamma.at(context.progress))
    }
    let clipped = ClipByNorm(1).update(corrected, context: context)
    return (updates.zip(clipped) { $1.cast(to: $0.dtype) }, gradients)
  }
}

extension Setting {
  fileprivate static func gamma(_ property: WritableKeyPath<Method, any Schedule> & Sendable) -> Setting {
    Setting("gamma", property, .nonNegative, "γ, how much of the gradient's change is added")
  }
}
