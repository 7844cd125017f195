import Tanren

/// The gradient a step ahead, where the last one leads (Korpelevich 1976; with one evaluation a step, Popov 1980).
struct Extragradient: GradientRule {
  static let declaration = Declaration(
    "extragradient", "the gradient where the last one leads", standard: Extragradient(),
    settings: [Setting("rate", \.rate, .number(in: 0...1e6), "how far ahead")])

  var rate = 0.05

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
