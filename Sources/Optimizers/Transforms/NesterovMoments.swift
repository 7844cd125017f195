/// Adam with Nesterov's momentum (Dozat 2016), `N / (sqrt(V) + epsilon)` with
/// `N = mu_(t+1) m' / (1 - mu_1 … mu_(t+1)) + (1 - mu_t) g / (1 - mu_1 … mu_t)`,
/// `V = v' / (1 - beta2^t)`.
///
/// `mu_t = beta1 (1 - 0.96^(momentumDecay t) / 2)`; without a `momentumDecay`, `mu_t = beta1`.
public struct NesterovMoments: ParameterwiseTransform {
  public var beta1: any Schedule
  public var beta2: Double
  public var epsilon: Double
  public var momentumDecay: Double?

  public init(
    beta1: any Schedule = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, momentumDecay: Double? = 0.004
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.momentumDecay = momentumDecay
  }

  public func initial(_ parameter: Tensor, slots: inout Slots) {
    slots["first"] = parameter.widened.zerosLike()
    slots["second"] = parameter.widened.zerosLike()
    slots["product"] = Tensor(1, dtype: parameter.dtype.accumulation)
  }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    let gradient = update.widened
    let first = slots["first"].runningMean(gradient, keeping: beta1, at: context.progress)
    let second = slots["second"].runningMean(gradient.squared(), keeping: beta2)
    let number = context.progress.updateNumber(dtype: gradient.dtype)
    let (momentum, nextMomentum) = (
      momentum(at: number, context.progress), momentum(at: number + 1, context.progress.next)
    )
    let product = slots["product"] * momentum
    slots["first"] = first
    slots["second"] = second
    slots["product"] = product
    let mean = first * (nextMomentum / (1 - product * nextMomentum)) + gradient * ((1 - momentum) / (1 - product))
    let corrected = second / context.progress.biasCorrection(beta2, dtype: gradient.dtype)
    return (mean / (corrected.sqrt() + epsilon)).cast(to: update.dtype)
  }

  private func momentum(at number: Tensor, _ progress: Progress) -> Tensor {
    let beta1 = beta1.value(at: progress, dtype: number.dtype)
    guard let momentumDecay else { return beta1 }
    return (1 - Tensor(0.96, dtype: number.dtype).power(number * momentumDecay) * 0.5) * beta1
  }
}
