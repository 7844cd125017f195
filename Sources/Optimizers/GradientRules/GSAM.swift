import Configuration

/// SAM that also closes the gap between the two losses (Zhuang et al. 2022).
///
/// With the clean gradient `g` and the perturbed one `p`, `p - alpha (g - (g . p / |p|^2) p)`: the part of `g`
/// across `p` is climbed, which raises the clean loss towards the perturbed one without changing that to first
/// order.
public struct GSAM: GradientRule {
  public static let name = "gsam"
  public static let summary = "SAM that minimizes the surrogate gap too (Zhuang et al. 2022)"
  public static let parameters = [
    Parameter("rho", default: 0.05, "the distance looked at, or a schedule for it"),
    Parameter("alpha", default: 0.4, "how much of the gradient's part across is climbed"),
    Parameter("state", default: "first", "whose running statistics stay: first, second or both"),
    Parameter("loss", default: "clean", "which loss is reported: clean, adversarial or mean"),
  ]

  public var rule: SAM
  public var alpha: Double

  public init(
    rho: any Schedule = 0.05, alpha: Double = 0.4, statePass: SAM.StatePass = .first,
    reportedLoss: SAM.ReportedLoss = .clean
  ) {
    rule = SAM(rho: rho, statePass: statePass, reportedLoss: reportedLoss)
    self.alpha = alpha
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    self.init()
    rule.rho = try options.schedule("rho", default: rule.rho)
    alpha = try options.nonNegative("alpha", default: alpha)
    rule.statePass = try options.oneOf("state", default: rule.statePass)
    rule.reportedLoss = try options.oneOf("loss", default: rule.reportedLoss)
  }

  public var evaluationsPerStep: Double { 2 }

  public func evaluate(
    _ batch: EvaluableBatch, state: TensorTree, context: GradientContext
  ) -> (evaluation: Evaluation, state: TensorTree) {
    let passes = rule.passes(of: batch, context)
    let (clean, adversarial) = (passes.clean.gradients, passes.adversarial.gradients)
    let norm = adversarial.wideNorm()
    let share = (clean.product(adversarial) / norm.squared()).replaced(where: norm .== 0, by: 0)
    var evaluation = passes.clean
    evaluation.gradients = adversarial.zip(clean) { perturbed, gradient in
      perturbed - (gradient - perturbed * share.cast(to: perturbed.dtype)) * alpha
    }
    return (evaluation, state)
  }
}
