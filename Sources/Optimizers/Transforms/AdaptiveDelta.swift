/// Updates in the units of the parameters: `v' = keeping v + (1 - keeping) g^2`,
/// `d = g sqrt(u + epsilon) / sqrt(v' + epsilon)`, `u' = keeping u + (1 - keeping) d^2` (Zeiler 2012).
public struct AdaptiveDelta: ParameterwiseTransform {
  public var keeping: Double
  public var epsilon: Double

  public init(keeping: Double = 0.9, epsilon: Double = 1e-6) {
    self.keeping = keeping
    self.epsilon = epsilon
  }

  public func initial(_ parameter: Tensor, slots: inout Slots) {
    slots["squares"] = parameter.widened.zerosLike()
    slots["squaredSteps"] = parameter.widened.zerosLike()
  }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    let gradient = update.widened
    let squares = slots["squares"].runningMean(gradient.squared(), keeping: keeping)
    let step = gradient * (slots["squaredSteps"] + epsilon).sqrt() / (squares + epsilon).sqrt()
    slots["squares"] = squares
    slots["squaredSteps"] = slots["squaredSteps"].runningMean(step.squared(), keeping: keeping)
    return step.cast(to: update.dtype)
  }
}
