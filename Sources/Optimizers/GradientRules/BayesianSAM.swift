import Configuration

/// SAM as variational inference, which learns how precisely each parameter is known (Möllenhoff and Khan 2023).
///
/// The first gradient `g` is taken at `w + n / sqrt(N s)`, with normally distributed `n`, the precisions `s` and N
/// examples; the second, `p`, at `w + rho g / s`. Then `m' = beta1 m + (1 - beta1) (p + decay w)` and `s' = beta2 s +
/// (1 - beta2) (sqrt(s) |g| + damping + decay)`. What the optimizer gets is `m' / s`, so it should be ``SGD`` without
/// momentum and decay, which makes the authors' step of it.
///
/// State and loss of the first pass are those at the noisy point.
public struct BayesianSAM: GradientRule {
  public static let declaration = Declaration(
    "bsam", "SAM as variational inference, with a precision for each parameter", standard: BayesianSAM(),
    formula:
      "g = ∇L(w + n/√(Ns)); p = ∇L(w + ρg/s); m ← β₁m + (1 − β₁)(p + δw); s ← β₂s + (1 − β₂)(√s|g| + γ + δ); m/s",
    reference: Reference(
      "Möllenhoff and Khan", 2023, "SAM as an Optimal Relaxation of Bayes", "https://arxiv.org/abs/2210.01620"),
    settings: [
      .rho(\.rule.rho), Setting("beta1", \.beta1, .decayRate, "decay rate β₁ of the mean"),
      Setting("beta2", \.beta2, .decayRate, "decay rate β₂ of the precision"),
      Setting("weightDecay", \.weightDecay, .nonNegative, "weight decay δ, the precision of the prior"),
      Setting("damping", \.damping, .nonNegative, "γ, added to the precision"),
      Setting("precision", \.precision, .positive, "the precisions before the first step"),
      Setting(
        "examples", \.examples, .optional(.positive, standing: 1),
        "N, the examples that the noise is for; none counts those of an epoch"),
    ] + SAM.passSettings.of(\.rule))

  public var rule: SAM
  public var beta1: any Schedule
  public var beta2: any Schedule
  public var weightDecay: any Schedule
  public var damping: any Schedule
  public var precision: Double
  public var examples: Double?

  /// - Parameter examples: those of an epoch by default.
  public init(
    rho: any Schedule = 0.01, beta1: any Schedule = 0.9, beta2: any Schedule = 0.999, weightDecay: any Schedule = 1e-4,
    damping: any Schedule = 0.1, precision: Double = 1, examples: Double? = nil, statePass: SAM.StatePass = .first,
    reportedLoss: SAM.ReportedLoss = .clean
  ) {
    rule = SAM(rho: rho, statePass: statePass, reportedLoss: reportedLoss)
    self.beta1 = beta1
    self.beta2 = beta2
    self.weightDecay = weightDecay
    self.damping = damping
    self.precision = precision
    self.examples = examples
  }

  public var evaluationsPerStep: Double { 2 }

  public func initial(_ parameters: TensorTree) -> TensorTree {
    let wide = parameters.mapValues(\.upcast)
    return wide.mapValues { $0.zerosLike() }.nested(under: "mean")
      .merging(wide.mapValues { Tensor(precision, like: $0) }.nested(under: "precision"))
  }

  public func evaluate(
    _ batch: EvaluableBatch, state: TensorTree, context: GradientContext
  ) -> (evaluation: Evaluation, state: TensorTree) {
    let (means, precisions) = (state[under: "mean"], state[under: "precision"])
    let parameters = context.parameters
    let count = examples ?? Double(context.progress.stepsPerEpoch * batch.size)
    let noise = precisions.map { path, precision in
      context.key.derived("noise/" + path).normal(precision.shape, dtype: precision.dtype) / (precision * count).sqrt()
    }
    func moved(by steps: TensorTree) -> TensorTree {
      parameters.zip(steps) { ($0.upcast + $1).cast(to: $0.dtype) }
    }
    let noisy = batch(moved(by: noise), context.modelState)
    let steps = noisy.gradients.zip(precisions) { gradient, precision in
      gradient.upcast * rule.rho.value(at: context.progress, dtype: precision.dtype) / precision
    }
    let adversarial = batch(moved(by: steps), rule.statePass == .both ? noisy.state : context.modelState)
    let decayed = adversarial.gradients.zip(parameters) { $0.upcast + $1.upcast * weightDecay.at(context.progress) }
    let mean = means.zip(decayed) { $0.runningMean($1, keeping: beta1.at(context.progress)) }
    let roots = precisions.zip(noisy.gradients) {
      $0.sqrt() * $1.upcast.abs() + (damping.at(context.progress) + weightDecay.at(context.progress))
    }
    let next = precisions.zip(roots) { $0.runningMean($1, keeping: beta2.at(context.progress)) }
    var evaluation = rule.reported(noisy, adversarial)
    evaluation.gradients = noisy.gradients.zip(mean.zip(precisions, /)) { $1.cast(to: $0.dtype) }
    return (evaluation, mean.nested(under: "mean").merging(next.nested(under: "precision")))
  }
}
