import Configuration

/// Another rule's gradients, and every few steps an estimate of the curvature, for ``Sophia`` (Liu et al. 2023).
///
/// - ``Estimator/gaussNewton`` (Sophia-G): with the gradient `g` of the mean loss for targets that are drawn from the model's
///   predictions, `B g^2` for B examples. It takes losses of classes or of events, and one more evaluation. An example with
///   several positions counts once, so that the estimate is as much smaller.
/// - ``Estimator/hutchinson`` (Sophia-H): `u H u` with normally distributed `u`, where the product with the Hessian
///   `H` is the gradient of `g u`; some two more evaluations. It may be negative.
///
/// The estimate is of the whole mini-batch without penalties, from the parameters and the state before the step, with the
/// same draws of dropout.
public struct CurvatureEstimate: GradientRule {
  public enum Estimator: String, Sendable, Hashable, CaseIterable {
    case gaussNewton, hutchinson
  }

  public static let declaration = Declaration(
    "curvature", "another rule's gradients, with estimates of the curvature for sophia", standard: CurvatureEstimate(),
    formula: "ĥ = B g̃², g̃ = ∇L for drawn targets, or ĥ = u ∇(g·u), u normal",
    reference: .sophia,
    settings: [
      Setting("estimator", \.estimator, .word, "how the curvature is estimated"),
      Setting("every", \.period, .integer(in: 1...Int(Int32.max)), "k, steps from one estimate to the next"),
      Setting("rule", \.rule, .method, "how gradients are computed"),
    ])

  public var estimator: Estimator
  public var period: Int
  public var rule: any GradientRule

  public init(
    _ estimator: Estimator = .gaussNewton, every period: Int = 10, of rule: any GradientRule = PlainGradient()
  ) {
    self.estimator = estimator
    self.period = period
    self.rule = rule
  }

  public var evaluationsPerStep: Double {
    rule.evaluationsPerStep + (estimator == .gaussNewton ? 1 : 2) / Double(Swift.max(1, period))
  }

  public func initial(_ parameters: TensorTree) -> TensorTree { rule.initial(parameters) }

  public func evaluate(
    _ batch: EvaluableBatch, state: TensorTree, context: GradientContext
  ) -> (evaluation: Evaluation, state: TensorTree) {
    var result = rule.evaluate(batch, state: state, context: context)
    let parameters = context.parameters
    let isDue = context.progress.step.remainder(dividingBy: Double(Swift.max(1, period))) .== 0
    let estimate = conditional(isDue) {
      switch estimator {
      case .gaussNewton: gaussNewton(batch, context)
      case .hutchinson: hutchinson(batch, context)
      }
    } else: {
      parameters.tensors.map { $0.upcast.zerosLike() }
    }
    result.evaluation.curvature = Curvature(diagonal: parameters.with(estimate), isNew: isDue)
    return result
  }

  private func gaussNewton(_ batch: EvaluableBatch, _ context: GradientContext) -> [Tensor] {
    let drawn = batch.drawingTargets(with: context.key.derived("targets"))(context.parameters, context.modelState)
    return drawn.gradients.tensors.map { gradient in
      let count =
        drawn.weight?.cast(to: gradient.upcast.dtype) ?? Tensor(Double(batch.size), dtype: gradient.upcast.dtype)
      return gradient.upcast.squared() * count
    }
  }

  private func hutchinson(_ batch: EvaluableBatch, _ context: GradientContext) -> [Tensor] {
    let directions = context.parameters.map { path, parameter in
      context.key.derived("direction/" + path).normal(parameter.shape, dtype: parameter.upcast.dtype)
    }
    let (_, products) = valueAndGradient(at: context.parameters.tensors) { point in
      let gradients = batch(context.parameters.with(point), context.modelState).gradients
      return gradients.product(directions)
    }
    return zip(products, directions.tensors).map { $0.upcast * $1 }
  }
}
