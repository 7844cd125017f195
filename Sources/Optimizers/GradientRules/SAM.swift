import Configuration

/// The gradient at the worst point near the parameters (sharpness-aware minimization, Foret et al. 2021).
///
/// `e = rho g / (|g| + 1e-12)` with the norm over all parameters, then the gradient at `w + e`. Adaptive (ASAM,
/// Kwon et al. 2021), `T = |w| + eta` scales each element: `e = rho T^2 g / (|T g| + 1e-12)`.
///
/// The perturbation holds what the loss holds: a penalty in the loss is inside, decay in the optimizer outside.
/// Metrics are the first pass's. For a perturbation per part of the mini-batch, put it in ``Accumulation``.
public struct SAM: GradientRule {
  /// Which pass's running statistics stay.
  public enum StatePass: String, Sendable, Hashable, CaseIterable {
    /// The first's (the authors' code).
    case first
    /// The second's, begun from the state before the step.
    case second
    /// Both: the second goes on from the first (Keras without care for it).
    case both
  }

  /// Which loss is reported.
  public enum ReportedLoss: String, Sendable, Hashable, CaseIterable {
    /// The one at the parameters.
    case clean
    /// The one at the perturbed parameters.
    case adversarial
    /// The mean of the two, as a Keras training step shows that compiles its loss twice.
    case mean
  }

  public static let name = "sam"
  public static let summary = "the gradient at the worst point nearby (Foret et al. 2021)"
  public static let parameters = [
    Parameter("rho", default: 0.05, "the distance looked at, or a schedule for it"),
    Parameter("adaptive", default: false, "whether distances are relative to the parameters' size (ASAM)"),
    Parameter("eta", default: 0, "added to the parameters' size, if adaptive"),
    Parameter("state", default: "first", "whose running statistics stay: first, second or both"),
    Parameter("loss", default: "clean", "which loss is reported: clean, adversarial or mean"),
  ]

  public var rho: any Schedule
  public var isAdaptive: Bool
  public var eta: Double
  public var statePass: StatePass
  public var reportedLoss: ReportedLoss

  public init(
    rho: any Schedule = 0.05, isAdaptive: Bool = false, eta: Double = 0, statePass: StatePass = .first,
    reportedLoss: ReportedLoss = .clean
  ) {
    self.rho = rho
    self.isAdaptive = isAdaptive
    self.eta = eta
    self.statePass = statePass
    self.reportedLoss = reportedLoss
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    self.init()
    rho = try options.schedule("rho", default: rho)
    isAdaptive = try options.flag("adaptive", default: isAdaptive)
    eta = try options.nonNegative("eta", default: eta)
    statePass = try options.oneOf("state", default: statePass)
    reportedLoss = try options.oneOf("loss", default: reportedLoss)
  }

  public var evaluationsPerStep: Double { 2 }

  public func evaluate(
    _ batch: EvaluableBatch, state: TensorTree, context: GradientContext
  ) -> (evaluation: Evaluation, state: TensorTree) {
    let passes = passes(of: batch, context)
    var evaluation = passes.clean
    evaluation.gradients = passes.adversarial.gradients
    return (evaluation, state)
  }

  /// The pass at the parameters, with the loss and state to report, and the one at the perturbed parameters.
  func passes(of batch: EvaluableBatch, _ context: GradientContext) -> (clean: Evaluation, adversarial: Evaluation) {
    let clean = batch(context.parameters, context.modelState)
    let adversarial = adversarial(of: batch, clean: clean, context)
    return (reported(clean, adversarial), adversarial)
  }

  /// The clean pass with the state that stays and the loss that is reported.
  func reported(_ clean: Evaluation, _ adversarial: Evaluation) -> Evaluation {
    var clean = clean
    if statePass != .first { clean.state = adversarial.state }
    switch reportedLoss {
    case .clean: break
    case .adversarial: (clean.loss, clean.reported) = (adversarial.loss, adversarial.reported)
    case .mean:
      clean.loss = (clean.loss + adversarial.loss) / 2
      clean.reported = (clean.reported + adversarial.reported) / 2
    }
    return clean
  }

  /// The pass at the parameters that the clean pass's gradients lead to.
  func adversarial(of batch: EvaluableBatch, clean: Evaluation, _ context: GradientContext) -> Evaluation {
    let perturbed = context.parameters.zip(perturbation(clean.gradients, context), +)
    return batch(perturbed, statePass == .both ? clean.state : context.modelState)
  }

  private func perturbation(_ gradients: TensorTree, _ context: GradientContext) -> TensorTree {
    let sizes = isAdaptive ? context.parameters.mapValues { $0.abs() + eta } : nil
    let scaled = sizes.map { gradients.zip($0, *) } ?? gradients
    let norm = scaled.wideNorm()
    let factor = rho.value(at: context.progress, dtype: norm.dtype) / (norm + 1e-12)
    let direction = sizes.map { scaled.zip($0, *) } ?? scaled
    return direction.mapValues { $0 * factor.cast(to: $0.dtype) }
  }
}
