import Configuration

/// The mini-batch's gradient as it is.
public struct PlainGradient: GradientRule {
  public static let name = "plain"
  public static let summary = "the mini-batch's gradient"

  public init() {}
  public init(from options: inout Options) throws(ConfigurationError) {}

  public func evaluate(
    _ batch: EvaluableBatch, state: TensorTree, context: GradientContext
  ) -> (evaluation: Evaluation, state: TensorTree) {
    (batch(context.parameters, context.modelState), state)
  }
}
