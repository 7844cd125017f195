import Configuration

/// SAM that perturbs some parameters, for the examples whose loss rises most (Du et al. 2022).
///
/// Each parameter tensor is perturbed with the probability beta, along the gradient of those that are, and 1 / beta as far.
/// The second gradient is of the `gamma B` of B examples whose losses rise most on the way, which a third pass forward finds:
/// a step costs some `4/3 + gamma` evaluations. With both at 1 it is SAM.
///
/// The authors' code leaves out the last of the selected examples. Dropout's draws for selected examples are others than in the
/// first pass. Examples can't be selected if several devices share the batch. Where an ``EvaluableBatch`` doesn't tell
/// its examples' losses, all are selected.
public struct EfficientSAM: GradientRule {
  public static let declaration = Declaration(
    "esam", "SAM of some parameters, for the examples whose loss rises most", standard: EfficientSAM(),
    formula:
      "p = ∇L_S(w + ρ/β d/|d|), d: g of a part β of the tensors, S: the part γ of the examples whose loss rises most",
    reference: Reference(
      "Du et al.", 2022, "Efficient Sharpness-aware Minimization for Improved Training of Neural Networks",
      "https://arxiv.org/abs/2110.03141"),
    settings: [
      .rho(\.rule.rho),
      Setting("beta", \.beta, .number(in: least...1), "β, the probability that a parameter tensor is perturbed"),
      Setting("gamma", \.gamma, .number(in: least...1), "γ, the part of the examples that the second gradient is of"),
    ] + SAM.sizeSettings.of(\.rule) + SAM.passSettings.of(\.rule))

  /// Not 0, which would leave nothing to perturb and nothing to select.
  private static let least = 1e-6

  public var rule: SAM
  public var beta: any Schedule
  public var gamma: Double

  public init(
    rho: any Schedule = 0.05, beta: any Schedule = 0.6, gamma: Double = 0.5, isAdaptive: Bool = false,
    eta: any Schedule = 0.0,
    statePass: SAM.StatePass = .first, reportedLoss: SAM.ReportedLoss = .clean
  ) {
    rule = SAM(rho: rho, isAdaptive: isAdaptive, eta: eta, statePass: statePass, reportedLoss: reportedLoss)
    self.beta = beta
    self.gamma = gamma
  }

  public var evaluationsPerStep: Double { gamma < 1 ? 4 / 3 + gamma : 2 }

  public func evaluate(
    _ batch: EvaluableBatch, state: TensorTree, context: GradientContext
  ) -> (evaluation: Evaluation, state: TensorTree) {
    let clean = batch(context.parameters, context.modelState)
    let moved = rule.perturbed(along: chosen(clean.gradients, context), by: 1 / beta.at(context.progress), context)
    let selected = selection(of: batch, clean, at: moved, context.modelState)
    let adversarial = selected(moved, rule.statePass == .both ? clean.state : context.modelState)
    var evaluation = rule.reported(clean, adversarial)
    evaluation.gradients = adversarial.gradients
    return (evaluation, state)
  }

  /// The gradients of the tensors that are perturbed, and 0 for the others.
  private func chosen(_ gradients: TensorTree, _ context: GradientContext) -> TensorTree {
    guard beta.constant != 1 else { return gradients }
    return gradients.map { path, gradient in
      let drawn = context.key.derived("chosen/" + path).uniform([])
      return gradient.replaced(where: drawn .>= beta.value(at: context.progress, dtype: .float32), by: 0)
    }
  }

  private func selection(
    of batch: EvaluableBatch, _ clean: Evaluation, at moved: TensorTree, _ state: TensorTree
  ) -> EvaluableBatch {
    guard gamma < 1, let before = clean.losses, let after = batch(moved, state).losses else { return batch }
    let count = Swift.max(1, Int(Double(batch.size) * gamma))
    return batch.selecting((after - before).argSort(descending: true).slice(0..<Swift.min(count, batch.size)))
  }
}
