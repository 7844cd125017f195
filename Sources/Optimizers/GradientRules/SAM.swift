import Configuration

/// The gradient at the worst point near the parameters (sharpness-aware minimization, Foret et al. 2021).
///
/// `e = rho g / (|g| + 1e-12)` with the norm over all parameters, then the gradient at `w + e`. Adaptive (ASAM,
/// Kwon et al. 2021), `T = |w| + eta` scales each element: `e = rho T^2 g / (|T g| + 1e-12)`. Of parameters that are excluded
/// from it, T is 1.
///
/// The perturbation holds what the loss holds: a penalty in the loss is inside, decay in the optimizer outside. Metrics
/// are the first pass's. With several ``groups`` each group of the mini-batch has a perturbation of its own (the
/// paper's m-sharpness, where m is a group's size), as on so many accelerators that exchange gradients only at the end:
/// the authors' code on eight. In ``Accumulation`` the parts of a mini-batch go one after the other, and from state to
/// state.
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

  public static let declaration = Declaration(
    "sam", "the gradient at the worst point nearby: sharpness-aware minimization", standard: SAM(),
    formula: "p = ∇L(w + ρ g/|g|)",
    reference: Reference(
      "Foret et al.", 2021, "Sharpness-Aware Minimization for Efficiently Improving Generalization",
      "https://arxiv.org/abs/2010.01412"),
    settings: [
      .rho(\.rho)
    ] + SAM.sizeSettings + [.groups(\.groups)] + SAM.passSettings)

  /// The settings of distances relative to the parameters' size.
  static let sizeSettings: [Setting<SAM>] = [
    Setting("adaptive", \.isAdaptive, .flag, "whether distances are relative to the parameters' size (ASAM)"),
    .eta(\.eta), .excludeFromScaling(\.scaling),
  ]

  /// The settings that all rules of this family share.
  static let passSettings: [Setting<SAM>] = [
    Setting("state", \.statePass, .word, "which pass's running statistics stay"),
    Setting("loss", \.reportedLoss, .word, "which loss is reported"),
  ]

  public var rho: any Schedule
  public var isAdaptive: Bool
  public var eta: any Schedule
  /// The parameters whose distances are relative, if any are.
  public var scaling: PathFilter
  public var statePass: StatePass
  public var reportedLoss: ReportedLoss
  /// The groups of the mini-batch that are perturbed each by itself; they divide it evenly.
  public var groups: Int

  public init(
    rho: any Schedule = 0.05, isAdaptive: Bool = false, eta: any Schedule = 0.0, statePass: StatePass = .first,
    reportedLoss: ReportedLoss = .clean, groups: Int = 1, scaling: PathFilter = .all
  ) {
    self.rho = rho
    self.groups = groups
    self.scaling = scaling
    self.isAdaptive = isAdaptive
    self.eta = eta
    self.statePass = statePass
    self.reportedLoss = reportedLoss
  }

  public var evaluationsPerStep: Double { 2 }

  public func evaluate(
    _ batch: EvaluableBatch, state: TensorTree, context: GradientContext
  ) -> (evaluation: Evaluation, state: TensorTree) {
    let evaluation = batch.mean(overGroups: groups) { group in
      let passes = passes(of: group, context)
      var evaluation = passes.clean
      evaluation.gradients = passes.adversarial.gradients
      return evaluation
    }
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

  /// The pass at the parameters that gradients lead to.
  /// - Parameter direction: the gradients to follow, the clean pass's by default.
  func adversarial(
    of batch: EvaluableBatch, clean: Evaluation, along direction: TensorTree? = nil, _ context: GradientContext
  ) -> Evaluation {
    let perturbed = perturbed(along: direction ?? clean.gradients, context)
    return batch(perturbed, statePass == .both ? clean.state : context.modelState)
  }

  /// The parameters that gradients lead to.
  /// - Parameter factor: how many times as far as ``rho`` says.
  func perturbed(along gradients: TensorTree, by factor: Coefficient = Coefficient(1), _ context: GradientContext)
    -> TensorTree
  {
    let steps = perturbation(gradients, context)
    return context.parameters.zip(factor.constant == 1 ? steps : steps.mapValues { $0 * factor }, +)
  }

  private func perturbation(_ gradients: TensorTree, _ context: GradientContext) -> TensorTree {
    let sizes =
      isAdaptive
      ? context.parameters.map { path, w in scaling.matches(path) ? w.abs() + eta.at(context.progress) : w.onesLike() }
      : nil
    let scaled = sizes.map { gradients.zip($0, *) } ?? gradients
    let norm = scaled.wideNorm()
    let factor = rho.value(at: context.progress, dtype: norm.dtype) / (norm + 1e-12)
    let direction = sizes.map { scaled.zip($0, *) } ?? scaled
    return direction.mapValues { $0 * factor.cast(to: $0.dtype) }
  }
}

/// ``SAM`` with distances relative to the parameters' size (Kwon et al. 2021), by a name of its own.
///
/// The authors' code leaves distances of biases absolute: `asam(excludeFromScaling: [bias])`.
public struct ASAM: GradientRule {
  public static let declaration = Declaration(
    "asam", "SAM with distances relative to the parameters' size", standard: ASAM(),
    formula: "p = ∇L(w + ρ T²g/|Tg|), T = |w| + η",
    reference: Reference(
      "Kwon et al.", 2021,
      "ASAM: Adaptive Sharpness-Aware Minimization for Scale-Invariant Learning of Deep Neural Networks",
      "https://arxiv.org/abs/2102.11600"),
    settings: [.rho(\.rule.rho), .eta(\.rule.eta), .excludeFromScaling(\.rule.scaling), .groups(\.rule.groups)]
      + SAM.passSettings.of(\.rule))

  /// The rule this is a name for.
  public var rule: SAM

  public init(
    rho: any Schedule = 0.5, eta: any Schedule = 0.01, statePass: SAM.StatePass = .first,
    reportedLoss: SAM.ReportedLoss = .clean, groups: Int = 1, scaling: PathFilter = .all
  ) {
    rule = SAM(
      rho: rho, isAdaptive: true, eta: eta, statePass: statePass, reportedLoss: reportedLoss, groups: groups,
      scaling: scaling)
  }

  public var evaluationsPerStep: Double { rule.evaluationsPerStep }

  public func evaluate(
    _ batch: EvaluableBatch, state: TensorTree, context: GradientContext
  ) -> (evaluation: Evaluation, state: TensorTree) {
    rule.evaluate(batch, state: state, context: context)
  }
}

/// SAM that also closes the gap between the two losses (Zhuang et al. 2022).
///
/// With the clean gradient `g` and the perturbed one `p`, `p - alpha (g - (g . p / |p|^2) p)`: the part of `g`
/// across `p` is climbed, which raises the clean loss towards the perturbed one without changing that to first
/// order.
public struct GSAM: GradientRule {
  public static let declaration = Declaration(
    "gsam", "SAM that minimizes the surrogate gap too", standard: GSAM(),
    formula: "p − α(g − (g·p/|p|²)p), p of sam",
    reference: Reference(
      "Zhuang et al.", 2022, "Surrogate Gap Minimization Improves Sharpness-Aware Training",
      "https://arxiv.org/abs/2203.08065"),
    settings: [
      .rho(\.rule.rho),
      Setting("alpha", \.alpha, .nonNegative, "α, how much of the orthogonal part of the gradient is ascended"),
      .groups(\.rule.groups),
    ] + SAM.passSettings.of(\.rule))

  public var rule: SAM
  public var alpha: any Schedule

  public init(
    rho: any Schedule = 0.05, alpha: any Schedule = 0.4, statePass: SAM.StatePass = .first,
    reportedLoss: SAM.ReportedLoss = .clean, groups: Int = 1
  ) {
    rule = SAM(rho: rho, statePass: statePass, reportedLoss: reportedLoss, groups: groups)
    self.alpha = alpha
  }

  public var evaluationsPerStep: Double { 2 }

  public func evaluate(
    _ batch: EvaluableBatch, state: TensorTree, context: GradientContext
  ) -> (evaluation: Evaluation, state: TensorTree) {
    let evaluation = batch.mean(overGroups: rule.groups) { group in
      let passes = rule.passes(of: group, context)
      let (clean, adversarial) = (passes.clean.gradients, passes.adversarial.gradients)
      let norm = adversarial.wideNorm()
      let share = (clean.product(adversarial) / norm.squared()).replaced(where: norm .== 0, by: 0)
      var evaluation = passes.clean
      evaluation.gradients = adversarial.zip(clean) { perturbed, gradient in
        perturbed - (gradient - perturbed * share.cast(to: perturbed.dtype)) * alpha.at(context.progress)
      }
      return evaluation
    }
    return (evaluation, state)
  }
}

extension Setting {
  static func rho(_ property: WritableKeyPath<Method, any Schedule> & Sendable) -> Setting {
    Setting("rho", property, .schedule, "radius ρ of the neighborhood, or a schedule")
  }

  static func groups(_ property: WritableKeyPath<Method, Int> & Sendable) -> Setting {
    Setting(
      "groups", property, .integer(in: 1...1_000_000),
      "groups of the mini-batch with a perturbation of their own; 1 for one of the whole")
  }

  fileprivate static func excludeFromScaling(
    _ property: WritableKeyPath<Method, PathFilter> & Sendable
  ) -> Setting {
    Setting(
      "excludeFromScaling", property, .excluding,
      "regular expressions for parameters whose distances aren't relative if adaptive")
  }

  fileprivate static func eta(_ property: WritableKeyPath<Method, any Schedule> & Sendable) -> Setting {
    Setting("eta", property, .nonNegative, "η, added to the parameters' size if adaptive")
  }
}
