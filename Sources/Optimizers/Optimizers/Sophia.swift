import Configuration

/// The mean gradient over the mean curvature, each element clipped (Liu et al. 2023), see ``ClippedNewtonDirection``.
///
/// The curvature comes from the rule ``CurvatureEstimate``: `gradientRule: curvature` with this optimizer is Sophia-G. Behind
/// any other rule it is the square of the batch's gradient times the number of examples, the empirical Fisher information,
/// which the paper found to be worse.
public struct Sophia: Optimizer {
  public static let declaration = Declaration(
    "sophia", "the mean gradient over the mean curvature, clipped", standard: Sophia(),
    formula: "h ← β₂h + (1 − β₂)ĥ every k steps; w ← w − η (clip(m / max(ρh, ε), ±1) + λw)", reference: .sophia,
    settings: [
      .learningRate(\.learningRate), .beta1(\.direction.beta1),
      .beta2(\.direction.beta2, "decay rate β₂ of the mean curvature"),
      Setting("rho", \.direction.rho, .positive, "ρ, by which the curvature is multiplied: less clips more"),
      .epsilon(\.direction.epsilon, "ε, the least divisor"),
      Setting(
        "every", \.direction.period, .integer(in: 1...Int(Int32.max)),
        "steps from one estimate to the next, where the gradient rule has none"),
      .weightDecay(\.weightDecay), .excludeFromWeightDecay(\.weightDecayFilter),
    ])

  public var learningRate: any Schedule
  public var direction: ClippedNewtonDirection
  public var weightDecay: any Schedule
  public var weightDecayFilter: PathFilter

  public init(
    learningRate: any Schedule = 1e-4, beta1: any Schedule = 0.965, beta2: any Schedule = 0.99,
    rho: any Schedule = 0.04,
    epsilon: any Schedule = 1e-15, every period: Int = 10, weightDecay: any Schedule = 0.1,
    weightDecayFilter: PathFilter = .all
  ) {
    self.learningRate = learningRate
    direction = ClippedNewtonDirection(beta1: beta1, beta2: beta2, rho: rho, epsilon: epsilon, period: period)
    self.weightDecay = weightDecay
    self.weightDecayFilter = weightDecayFilter
  }

  public var transform: any Transform {
    Chain(direction, decay: weightDecay, filter: weightDecayFilter, learningRate: learningRate)
  }
}

/// `m / max(rho h, epsilon)`, clipped to -1...1 (Sophia, Liu et al. 2023).
///
/// `m' = beta1 m + (1 - beta1) g` in each step, `h' = beta2 h + (1 - beta2) c` in those with a new curvature `c`. Where
/// the curvature isn't positive it is a step of the sign.
public struct ClippedNewtonDirection: ShardableTransform {
  public var beta1: any Schedule
  public var beta2: any Schedule
  public var rho: any Schedule
  public var epsilon: any Schedule
  /// Steps from one estimate to the next, where the gradient rule has none.
  public var period: Int

  public func initial(_ parameters: TensorTree) -> TensorTree {
    let zeros = parameters.mapValues { $0.upcast.zerosLike() }
    return zeros.nested(under: "mean").merging(zeros.nested(under: "curvature"))
  }

  public func update(
    _ updates: TensorTree, state: TensorTree, context: UpdateContext
  ) -> (updates: TensorTree, state: TensorTree) {
    let gradients = updates.mapValues(\.upcast)
    let means = state[under: "mean"].zip(gradients) { $0.runningMean($1, keeping: beta1.at(context.progress)) }
    let estimate = context.curvature ?? fisher(gradients, context.progress)
    let curvatures = state[under: "curvature"].zip(estimate.diagonal) {
      Tensor.select(estimate.isNew, $0.runningMean($1, keeping: beta2.at(context.progress)), $0)
    }
    let steps = means.zip(curvatures) {
      ($0 / ($1 * rho.at(context.progress)).maximum(epsilon.at(context.progress))).maximum(-1).minimum(1)
    }
    return (
      updates.zip(steps) { $1.cast(to: $0.dtype) },
      means.nested(under: "mean").merging(curvatures.nested(under: "curvature"))
    )
  }

  /// The empirical Fisher information of the mini-batch.
  private func fisher(_ gradients: TensorTree, _ progress: Progress) -> Curvature {
    Curvature(
      diagonal: gradients.mapValues { $0.squared() * Double(progress.batchSize ?? 1) },
      isNew: progress.step.remainder(dividingBy: Double(Swift.max(1, period))) .== 0)
  }
}
