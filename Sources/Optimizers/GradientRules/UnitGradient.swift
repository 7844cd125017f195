import Configuration

/// The sum of the clean gradient and the one at a perturbed point, divided by its norm (Tseng et al. 2021).
///
/// The point is `w + rho |w| g / | |w| g |`. The direction is of the norm 1, whatever the gradients are: the learning rate alone
/// says how far a step goes, unlike SAM's. Where the sum is 0, nothing moves.
public struct UnitGradient: GradientRule {
  public static let declaration = Declaration(
    "pugd", "the clean and the perturbed gradient together, with the norm 1", standard: UnitGradient(),
    formula: "(g + p)/|g + p|, p = ∇L(w + ρ |w|g / ||w|g|)",
    reference: Reference(
      "Tseng et al.", 2021, "Perturbated Gradients Updating within Unit Space for Deep Learning",
      "https://arxiv.org/abs/2110.00199"),
    settings: [.rho(\.rule.rho)] + SAM.passSettings.of(\.rule))

  public var rule: SAM

  public init(
    rho: any Schedule = 1.0, statePass: SAM.StatePass = .first, reportedLoss: SAM.ReportedLoss = .clean
  ) {
    rule = SAM(rho: rho, statePass: statePass, reportedLoss: reportedLoss)
  }

  public var evaluationsPerStep: Double { 2 }

  public func evaluate(
    _ batch: EvaluableBatch, state: TensorTree, context: GradientContext
  ) -> (evaluation: Evaluation, state: TensorTree) {
    let clean = batch(context.parameters, context.modelState)
    let direction = clean.gradients.zip(context.parameters) { $0 * $1.abs() }
    let adversarial = rule.adversarial(of: batch, clean: clean, along: direction, context)
    var evaluation = rule.reported(clean, adversarial)
    let sum = clean.gradients.zip(adversarial.gradients, +)
    let norm = sum.wideNorm() + 1e-12
    evaluation.gradients = sum.mapValues { ($0.upcast / norm.cast(to: $0.upcast.dtype)).cast(to: $0.dtype) }
    return (evaluation, state)
  }
}
