import Configuration

/// What optimizers have in common, for their help texts.
extension Parameter {
  static func rate(_ value: Double) -> Parameter { Parameter("rate", default: value, "learning rate or schedule") }
  static let beta1 = Parameter(
    "beta1", default: 0.9, "what is kept of the mean gradient in each step, or a schedule for it")
  static func beta2(_ value: Double) -> Parameter {
    Parameter("beta2", default: value, "what is kept of the mean squared gradient in each step")
  }
  static func momentum(_ value: Double) -> Parameter {
    Parameter("momentum", default: value, "the part of the velocity kept in each step, or a schedule for it")
  }
  static let dampening = Parameter(
    "dampening", default: 0, "the part of each gradient that doesn't enter the velocity")
  static let coupledDecay = Parameter(
    "coupledDecay", default: 0, "weight decay as part of the gradient, or a schedule for it")
  static func decay(_ value: Double) -> Parameter {
    Parameter("decay", default: value, "weight decay, times the rate, or a schedule for it")
  }
  static let excludeFromDecay = Parameter(
    "excludeFromDecay", default: "[]", "regular expressions for paths that don't decay")
  static func style(_ style: FrameworkStyle, _ meaning: String) -> Parameter {
    Parameter("style", default: style.rawValue, meaning)
  }
}
