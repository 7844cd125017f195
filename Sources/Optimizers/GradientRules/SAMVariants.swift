import Configuration

/// SAM that perturbs along what the mini-batch's gradient adds to the gradients before (Li et al. 2024).
///
/// With the mean `m` of clean gradients so far, the point to go to lies along `g - sigma m` from the parameters, which
/// leaves the noise of the batch; then `m' = lambda m + (1 - lambda) g`, and `m' = g` at the first step, which is
/// SAM's.
public struct FriendlySAM: GradientRule {
  public static let declaration = Declaration(
    "friendlySAM", "SAM along what is new in the mini-batch's gradient", standard: FriendlySAM(),
    formula: "p = ∇L(w + ρ d/|d|), d = g − σm; m ← λm + (1 − λ)g",
    reference: Reference(
      "Li et al.", 2024, "Friendly Sharpness-Aware Minimization", "https://arxiv.org/abs/2403.12350"),
    settings: [
      .rho(\.rule.rho), Setting("sigma", \.sigma, .nonNegative, "σ, how much of the mean gradient is subtracted"),
      Setting("lambda", \.lambda, .decayRate, "decay rate λ of the mean gradient"),
    ] + SAM.sizeSettings.of(\.rule) + SAM.passSettings.of(\.rule))

  public var rule: SAM
  public var sigma: any Schedule
  public var lambda: any Schedule

  public init(
    rho: any Schedule = 0.05, sigma: any Schedule = 1.0, lambda: any Schedule = 0.9, isAdaptive: Bool = false,
    eta: any Schedule = 0.0,
    statePass: SAM.StatePass = .first, reportedLoss: SAM.ReportedLoss = .clean
  ) {
    rule = SAM(rho: rho, isAdaptive: isAdaptive, eta: eta, statePass: statePass, reportedLoss: reportedLoss)
    self.sigma = sigma
    self.lambda = lambda
  }

  public var evaluationsPerStep: Double { 2 }

  public func initial(_ parameters: TensorTree) -> TensorTree {
    parameters.mapValues { $0.upcast.zerosLike() }.nested(under: "mean")
  }

  public func evaluate(
    _ batch: EvaluableBatch, state: TensorTree, context: GradientContext
  ) -> (evaluation: Evaluation, state: TensorTree) {
    let clean = batch(context.parameters, context.modelState)
    let means = state[under: "mean"]
    let direction = clean.gradients.zip(means) { ($0.upcast - $1 * sigma.at(context.progress)).cast(to: $0.dtype) }
    let adversarial = rule.adversarial(of: batch, clean: clean, along: direction, context)
    var evaluation = rule.reported(clean, adversarial)
    evaluation.gradients = adversarial.gradients
    let isFirst = context.progress.step .== 0
    let next = means.zip(clean.gradients) { mean, gradient in
      mean.runningMean(gradient.upcast, keeping: lambda.at(context.progress)).replaced(
        where: isFirst, by: gradient.upcast)
    }
    return (evaluation, next.nested(under: "mean"))
  }
}

/// SAM's gradient and the clean one, weighted (Yue et al. 2023): `a p + (1 - a) g` with `a = gamma / (1 - gamma)`, the
/// gradient of the loss plus `a` times the sharpness.
///
/// With gamma 1/2 it is ``SAM``, less is closer to the clean gradient, more counts sharpness more than SAM does. That
/// is the authors' coupled form, equal to their decoupled one before an optimizer without memory.
public struct WeightedSAM: GradientRule {
  public static let declaration = Declaration(
    "wsam", "SAM with a weight for sharpness", standard: WeightedSAM(),
    formula: "a p + (1 − a)g, a = γ/(1 − γ), p of sam",
    reference: Reference(
      "Yue et al.", 2023, "Sharpness-Aware Minimization Revisited: Weighted Sharpness as a Regularization Term",
      "https://arxiv.org/abs/2305.15817"),
    settings: [
      .rho(\.rule.rho), Setting("gamma", \.gamma, .decayRate, "γ, the weight of sharpness: γ/(1 - γ) times the loss's"),
    ] + SAM.sizeSettings.of(\.rule) + [.groups(\.rule.groups)] + SAM.passSettings.of(\.rule))

  public var rule: SAM
  public var gamma: any Schedule

  public init(
    rho: any Schedule = 0.05, gamma: any Schedule = 0.9, isAdaptive: Bool = false, eta: any Schedule = 0.0,
    statePass: SAM.StatePass = .first, reportedLoss: SAM.ReportedLoss = .clean, groups: Int = 1
  ) {
    rule = SAM(
      rho: rho, isAdaptive: isAdaptive, eta: eta, statePass: statePass, reportedLoss: reportedLoss, groups: groups)
    self.gamma = gamma
  }

  public var evaluationsPerStep: Double { 2 }

  public func evaluate(
    _ batch: EvaluableBatch, state: TensorTree, context: GradientContext
  ) -> (evaluation: Evaluation, state: TensorTree) {
    let weight = gamma.at(context.progress) / (1 - gamma.at(context.progress))
    let evaluation = batch.mean(overGroups: rule.groups) { group in
      let passes = rule.passes(of: group, context)
      var evaluation = passes.clean
      evaluation.gradients = passes.adversarial.gradients.zip(evaluation.gradients) {
        $0 * weight + $1 * (1 - weight)
      }
      return evaluation
    }
    return (evaluation, state)
  }
}

/// The gradient where the momentum leads (Becker et al. 2024): `g(w - rho v / |v|)`, then `v' = momentum v + g`.
///
/// It costs one evaluation, and its loss, metrics and running statistics are those at that point. The rule keeps a
/// velocity of its own; the authors' code has ``SGD`` with the same momentum behind it. Where `v` is 0, as at first, it
/// is the clean gradient.
public struct MomentumSAM: GradientRule {
  public static let declaration = Declaration(
    "msam", "the gradient at a distance along the momentum", standard: MomentumSAM(),
    formula: "g = ∇L(w − ρ v/|v|); v ← μv + g",
    reference: Reference(
      "Becker et al.", 2024, "Momentum-SAM: Sharpness Aware Minimization without Computational Overhead",
      "https://arxiv.org/abs/2401.12033"),
    settings: [.rho(\.rho), Setting("momentum", \.momentum, .decayRate, "momentum μ of the direction")])

  public var rho: any Schedule
  public var momentum: any Schedule

  public init(rho: any Schedule = 0.3, momentum: any Schedule = 0.9) {
    self.rho = rho
    self.momentum = momentum
  }

  public func initial(_ parameters: TensorTree) -> TensorTree {
    parameters.mapValues { $0.upcast.zerosLike() }.nested(under: "velocity")
  }

  public func evaluate(
    _ batch: EvaluableBatch, state: TensorTree, context: GradientContext
  ) -> (evaluation: Evaluation, state: TensorTree) {
    let velocity = state[under: "velocity"]
    let norm = velocity.wideNorm()
    let factor = rho.value(at: context.progress, dtype: norm.dtype) / (norm + 1e-12)
    let ahead = context.parameters.zip(velocity) { ($0.upcast - $1 * factor.cast(to: $1.dtype)).cast(to: $0.dtype) }
    let evaluation = batch(ahead, context.modelState)
    let next = velocity.zip(evaluation.gradients) { $0 * momentum.at(context.progress) + $1.upcast }
    return (evaluation, next.nested(under: "velocity"))
  }
}
