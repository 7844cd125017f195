import Configuration

/// The sign of an interpolated mean, with decoupled decay (Chen et al. 2023):
/// `w -= lr * (sign(beta1 m + (1 - beta1) g) + decay * w)`.
public struct Lion: Optimizer {
  public static let declaration = Declaration(
    "lion", "the sign of the momentum", standard: Lion(),
    formula: "w ← w − η (sign(β₁m + (1 − β₁)g) + λw); m ← β₂m + (1 − β₂)g",
    reference: Reference(
      "Chen et al.", 2023, "Symbolic Discovery of Optimization Algorithms", "https://arxiv.org/abs/2302.06675"),
    settings: [
      .learningRate(\.learningRate), .beta1(\.scaling.beta1, "share β₁ of the momentum in the update, or a schedule"),
      .beta2(\.scaling.beta2, "decay rate β₂ of the momentum"),
      .weightDecay(\.weightDecay), .excludeFromWeightDecay(\.weightDecayFilter),
    ])

  public var learningRate: any Schedule
  public var scaling: SignedMomentum
  public var weightDecay: any Schedule
  public var weightDecayFilter: PathFilter

  public init(
    learningRate: any Schedule = 0.0001, beta1: any Schedule = 0.9, beta2: any Schedule = 0.99,
    weightDecay: any Schedule = 0.0,
    weightDecayFilter: PathFilter = .all
  ) {
    self.learningRate = learningRate
    scaling = SignedMomentum(beta1: beta1, beta2: beta2)
    self.weightDecay = weightDecay
    self.weightDecayFilter = weightDecayFilter
  }

  public var transform: any Transform {
    Chain(scaling, decay: weightDecay, filter: weightDecayFilter, learningRate: learningRate)
  }
}

/// The sign of an interpolated mean: `sign(beta1 m + (1 - beta1) g)`, then `m' = beta2 m + (1 - beta2) g`
/// (Lion, Chen et al. 2023). The sign of zero is zero, that of NaN is NaN.
public struct SignedMomentum: ParameterwiseTransform, ShardableTransform {
  public var beta1: any Schedule
  public var beta2: any Schedule

  public init(beta1: any Schedule = 0.9, beta2: any Schedule = 0.99) {
    self.beta1 = beta1
    self.beta2 = beta2
  }

  public func initial(_ parameter: Tensor, slots: inout Slots) {
    slots.setZeros("first", like: parameter)
  }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    let gradient = update.upcast
    let first = slots["first"]
    slots["first"] = first.runningMean(gradient, keeping: beta2.at(context.progress))
    return first.runningMean(gradient, keeping: beta1.at(context.progress)).sign().cast(to: update.dtype)
  }
}
