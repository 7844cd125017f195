import Tanren

/// Larger steps where gradient and mean gradient agree in sign (PowerSign, Bello et al. 2017):
/// `m' = beta m + (1 - beta) g`, `w' = w - rate * exp(sign(g) sign(m')) * g`.
struct PowerSign: Optimizer {
  /// What plans and commands may write: `powerSign(learningRate: cosine(initial: 0.2), beta: 0.8)`. Help, defaults, range
  /// errors and the spelling in a run's record follow from it.
  static let declaration = Declaration(
    "powerSign", "larger steps where gradient and mean gradient agree", standard: PowerSign(),
    reference: Reference(
      "Bello et al.", 2017, "Neural Optimizer Search with Reinforcement Learning", "https://arxiv.org/abs/1709.07417"),
    settings: [
      Setting("learningRate", \.learningRate, .schedule, "learning rate η, or a schedule"),
      Setting("beta", \.beta, .number(in: 0...0.9999), "decay rate β of the mean gradient"),
    ])

  var learningRate: any Schedule = 0.1
  var beta = 0.9

  /// An optimizer is a chain of transforms, from gradients to what is added to the parameters.
  var transform: any Transform { chain(SignAgreement(beta: beta), ScaleByLearningRate(learningRate)) }
}

/// Each parameter by itself; what it remembers is in slots by name, which checkpoints keep.
struct SignAgreement: ParameterwiseTransform {
  var beta: Double

  func initial(_ parameter: Tensor, slots: inout Slots) { slots["mean"] = parameter.zerosLike() }

  func update(_ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext) -> Tensor {
    let mean = slots["mean"] * beta + update * (1 - beta)
    slots["mean"] = mean
    return update * (update.sign() * mean.sign()).exp()
  }
}
