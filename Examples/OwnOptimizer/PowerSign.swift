import Tanren

/// Larger steps where gradient and mean gradient agree in sign (PowerSign, Bello et al. 2017):
/// `m' = beta m + (1 - beta) g`, `w' = w - rate * exp(sign(g) sign(m')) * g`.
struct PowerSign: Optimizer {
  static let name = "powerSign"
  static let summary = "larger steps where gradient and mean gradient agree (Bello et al. 2017)"
  static let parameters = [
    Parameter("rate", default: 0.1, "learning rate or schedule"),
    Parameter("beta", default: 0.9, "what is kept of the mean gradient in each step"),
  ]

  var rate: any Schedule = 0.1
  var beta = 0.9

  init() {}

  /// What `powerSign(rate: cosine(initial: 0.2), beta: 0.8)` in a plan means. A program that doesn't use it by name
  /// may leave the options alone.
  init(from options: inout Options) throws(ConfigurationError) {
    rate = try options.schedule("rate", default: rate)
    beta = try options.number("beta", default: beta, in: 0...0.9999)
  }

  /// An optimizer is a chain of transforms, from gradients to what is added to the parameters.
  var transform: any Transform { chain(SignAgreement(beta: beta), ScaleByLearningRate(rate)) }
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
