import Configuration

/// SAM that looks around only every few steps (Liu et al. 2022).
///
/// Every `period` steps, beginning with the first, the gradient `p` is taken at the perturbed parameters, and what of it
/// lies across the clean gradient `g` is kept: `v = p - (p . g / |g|^2) g`. In the steps between, where `g` alone is
/// taken, `g + alpha (|g| / |v|) v` goes in its place: `v` changes more slowly than `g` does.
///
/// A step between costs one evaluation, and only the program's chosen branch runs. Its state and its loss are those of its
/// only pass, whichever pass's are asked for; the metrics always are the clean pass's. Where a norm is 0 there is no direction, and nothing is taken from it or added to it.
public struct LookSAM: GradientRule {
  public static let declaration = Declaration(
    "lookSAM", "SAM that computes its perturbation only every k steps", standard: LookSAM(),
    formula: "every k steps p of sam, d = p − (p·g/|g|²)g; between them g + α|g|/|d| d",
    reference: Reference(
      "Liu et al.", 2022, "Towards Efficient and Scalable Sharpness-Aware Minimization",
      "https://arxiv.org/abs/2203.02714"),
    settings: [
      .rho(\.rule.rho),
      Setting("alpha", \.alpha, .nonNegative, "α, how much of the kept part is added in the steps between"),
      Setting("every", \.period, .integer(in: 1...Int(Int32.max)), "k, steps from one perturbation to the next"),
    ] + SAM.passSettings.of(\.rule))

  public var rule: SAM
  public var alpha: any Schedule
  public var period: Int

  public init(
    rho: any Schedule = 0.05, alpha: any Schedule = 0.7, every period: Int = 5, statePass: SAM.StatePass = .first,
    reportedLoss: SAM.ReportedLoss = .clean
  ) {
    rule = SAM(rho: rho, statePass: statePass, reportedLoss: reportedLoss)
    self.alpha = alpha
    self.period = period
  }

  public var evaluationsPerStep: Double { 1 + 1 / Double(Swift.max(1, period)) }

  public func initial(_ parameters: TensorTree) -> TensorTree {
    parameters.mapValues { $0.zerosLike() }.nested(under: "across")
  }

  public func evaluate(
    _ batch: EvaluableBatch, state: TensorTree, context: GradientContext
  ) -> (evaluation: Evaluation, state: TensorTree) {
    var evaluation = batch(context.parameters, context.modelState)
    let clean = evaluation.gradients
    let kept = state[under: "across"]
    let norm = clean.wideNorm()
    let looks = context.progress.step.remainder(dividingBy: Double(Swift.max(1, period))) .== 0
    // What both branches give anyway needn't go through them.
    let hasOwnState = rule.statePass != .first
    let hasOwnLoss = rule.reportedLoss != .clean
    func told(_ evaluation: Evaluation) -> [Tensor] {
      (hasOwnState ? evaluation.state.tensors : []) + (hasOwnLoss ? [evaluation.loss, evaluation.reported] : [])
    }
    let results = conditional(looks) {
      let adversarial = rule.adversarial(of: batch, clean: evaluation, context)
      let perturbed = adversarial.gradients
      let share = (perturbed.product(clean) / norm.squared()).replaced(where: norm .== 0, by: 0)
      let across = perturbed.zip(clean) { $0 - $1 * share.cast(to: $1.dtype) }
      return perturbed.tensors + across.tensors + told(rule.reported(evaluation, adversarial))
    } else: {
      let length = kept.wideNorm()
      let factor = (norm / length * alpha.at(context.progress)).replaced(where: length .== 0, by: 0).cast(
        to: norm.dtype)
      return clean.zip(kept) { $0 + $1 * factor.cast(to: $1.dtype) }.tensors + kept.tensors + told(evaluation)
    }
    let count = clean.count
    evaluation.gradients = clean.with(results.prefix(count))
    if hasOwnState { evaluation.state = evaluation.state.with(results[2 * count..<2 * count + evaluation.state.count]) }
    if hasOwnLoss { (evaluation.loss, evaluation.reported) = (results[results.count - 2], results[results.count - 1]) }
    return (evaluation, kept.with(results[count..<2 * count]).nested(under: "across"))
  }
}
