import Tanren

/// The gradient a step ahead, where the last one leads (Korpelevich 1976; with one evaluation a step, Popov 1980).
struct Extragradient: GradientRule {
  static let name = "extragradient"
  static let summary = "the gradient where the last one leads (Popov 1980)"
  static let parameters = [Parameter("rate", default: 0.05, "how far ahead")]

  var rate: Double

  init(rate: Double = 0.05) { self.rate = rate }

  init(from options: inout Options) throws(ConfigurationError) {
    rate = try options.number("rate", default: 0.05, in: 0...1e6)
  }

  /// What the rule remembers is a tree like the parameters; checkpoints keep it.
  func initial(_ parameters: TensorTree) -> TensorTree { parameters.mapValues { $0.zerosLike() } }

  /// The batch is a function from parameters to loss and gradients, to be called as often as a rule likes. This one
  /// needs a call a step; SAM needs two.
  func evaluate(
    _ batch: EvaluableBatch, state: TensorTree, context: GradientContext
  ) -> (evaluation: Evaluation, state: TensorTree) {
    let ahead = context.parameters.zip(state) { $0 - $1 * rate }
    let evaluation = batch(ahead, context.modelState)
    return (evaluation, evaluation.gradients)
  }
}
