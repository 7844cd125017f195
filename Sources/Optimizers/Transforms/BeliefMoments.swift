/// Adam over the surprise in place of the gradient's size: `v' = beta2 v + (1 - beta2) (g - m')^2 + epsilonRoot`,
/// `M / (sqrt(V) + epsilon)` (Zhuang et al. 2020).
public struct BeliefMoments: ParameterwiseTransform {
  public var beta1: any Schedule
  public var beta2: Double
  public var epsilon: Double
  public var epsilonRoot: Double

  public init(
    beta1: any Schedule = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-16, epsilonRoot: Double = 1e-16
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.epsilonRoot = epsilonRoot
  }

  public func initial(_ parameter: Tensor, slots: inout Slots) {
    slots["first"] = parameter.widened.zerosLike()
    slots["second"] = parameter.widened.zerosLike()
  }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    let gradient = update.widened
    let first = slots["first"].runningMean(gradient, keeping: beta1, at: context.progress)
    let second = slots["second"].runningMean((gradient - first).squared(), keeping: beta2) + epsilonRoot
    slots["first"] = first
    slots["second"] = second
    let mean = first / context.progress.biasCorrection(beta1, dtype: gradient.dtype)
    let corrected = second / context.progress.biasCorrection(beta2, dtype: gradient.dtype)
    return (mean / (corrected.sqrt() + epsilon)).cast(to: update.dtype)
  }
}
