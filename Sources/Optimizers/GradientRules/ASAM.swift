import Configuration

/// ``SAM`` with distances relative to the parameters' size (Kwon et al. 2021), by a name of its own.
public struct ASAM: GradientRule {
  public static let name = "asam"
  public static let summary = "SAM with distances relative to the parameters' size (Kwon et al. 2021)"
  public static let parameters = [
    Parameter("rho", default: 0.5, "the distance looked at, or a schedule for it"),
    Parameter("eta", default: 0.01, "added to the parameters' size"),
    Parameter("state", default: "first", "whose running statistics stay: first, second or both"),
    Parameter("loss", default: "clean", "which loss is reported: clean, adversarial or mean"),
  ]

  /// The rule this is a name for.
  public var rule: SAM

  public init(
    rho: any Schedule = 0.5, eta: Double = 0.01, statePass: SAM.StatePass = .first,
    reportedLoss: SAM.ReportedLoss = .clean
  ) {
    rule = SAM(rho: rho, isAdaptive: true, eta: eta, statePass: statePass, reportedLoss: reportedLoss)
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    self.init()
    rule.rho = try options.schedule("rho", default: rule.rho)
    rule.eta = try options.nonNegative("eta", default: rule.eta)
    rule.statePass = try options.oneOf("state", default: rule.statePass)
    rule.reportedLoss = try options.oneOf("loss", default: rule.reportedLoss)
  }

  public var evaluationsPerStep: Double { rule.evaluationsPerStep }

  public func evaluate(
    _ batch: EvaluableBatch, state: TensorTree, context: GradientContext
  ) -> (evaluation: Evaluation, state: TensorTree) {
    rule.evaluate(batch, state: state, context: context)
  }
}
