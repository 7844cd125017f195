import Configuration

/// Adam that converges with any second decay rate (Taniguchi et al. 2024), see ``LaggingMoments``.
///
/// Parameters stay as they are in the first step, without decay too, as in the authors' code.
public struct ADOPT: Optimizer {
  public static let declaration = Declaration(
    "adopt", "Adam whose second moment doesn't know the present gradient", standard: ADOPT(),
    formula: "m ← β₁m + (1 − β₁) clip(g / max(√v, ε), ±t^¼); w ← w − ηm; v ← β₂v + (1 − β₂)g²",
    reference: Reference(
      "Taniguchi et al.", 2024, "ADOPT: Modified Adam Can Converge with Any β2 with the Optimal Rate",
      "https://arxiv.org/abs/2411.02853"),
    settings: [
      .learningRate(\.learningRate), .beta1(\.moments.beta1), .beta2(\.moments.beta2),
      .epsilon(\.moments.epsilon, "ε, the least divisor"),
      Setting("clips", \.moments.clips, .flag, "whether scaled gradients are clipped to ±t^¼"),
      .weightDecay(\.weightDecay), .excludeFromWeightDecay(\.weightDecayFilter),
    ])

  public var learningRate: any Schedule
  public var moments: LaggingMoments
  public var weightDecay: any Schedule
  public var weightDecayFilter: PathFilter

  public init(
    learningRate: any Schedule = 0.001, beta1: any Schedule = 0.9, beta2: any Schedule = 0.9999,
    epsilon: any Schedule = 1e-6,
    clips: Bool = true, weightDecay: any Schedule = 0.0, weightDecayFilter: PathFilter = .all
  ) {
    self.learningRate = learningRate
    moments = LaggingMoments(beta1: beta1, beta2: beta2, epsilon: epsilon, clips: clips)
    self.weightDecay = weightDecay
    self.weightDecayFilter = weightDecayFilter
  }

  public var transform: any Transform {
    chain(
      Chain(moments, decay: weightDecay, filter: weightDecayFilter, learningRate: learningRate), FirstStepSkipped())
  }
}

/// The mean of gradients, each over the root of the squares before it (ADOPT, Taniguchi et al. 2024).
///
/// The first gradient begins the squares, `v' = g^2`, and is no update. Then, with `t` counted from 1,
/// `s = g / max(sqrt(v), epsilon)`, clipped to `±t^(1/4)`, `m' = beta1 m + (1 - beta1) s`,
/// `v' = beta2 v + (1 - beta2) g^2`; the output is `m'`.
public struct LaggingMoments: ParameterwiseTransform, ShardableTransform {
  public var beta1: any Schedule
  public var beta2: any Schedule
  public var epsilon: any Schedule
  public var clips: Bool

  public init(beta1: any Schedule = 0.9, beta2: any Schedule = 0.9999, epsilon: any Schedule = 1e-6, clips: Bool = true)
  {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.clips = clips
  }

  public func initial(_ parameter: Tensor, slots: inout Slots) {
    slots.setZeros("first", "second", like: parameter)
  }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    let gradient = update.upcast
    let (isFirst, second) = (context.progress.step .== 0, slots["second"])
    var scaled = gradient / second.sqrt().maximum(epsilon.at(context.progress))
    if clips {
      let limit = context.progress.step.cast(to: gradient.dtype).power(0.25)
      scaled = scaled.maximum(-limit).minimum(limit)
    }
    let squares = gradient.squared()
    slots["second"] = second.runningMean(squares, keeping: beta2.at(context.progress)).replaced(
      where: isFirst, by: squares)
    let first = slots["first"]
    let mean = first.runningMean(scaled, keeping: beta1.at(context.progress)).replaced(where: isFirst, by: first)
    slots["first"] = mean
    return mean.cast(to: update.dtype)
  }
}
