/// Adam whose step is rectified by the variance of its second moment (Liu et al. 2020).
///
/// With `R = 2 / (1 - beta2) - 1` and `r = R - 2 t beta2^t / (1 - beta2^t)`: while `r <= 5` the output is the
/// corrected mean `M`, then `M sqrt(1 - beta2^t) / (sqrt(v') + epsilon)` times
/// `sqrt((r - 4) (r - 2) R / ((R - 4) (R - 2) r))`.
public struct RectifiedMoments: ParameterwiseTransform {
  public var beta1: any Schedule
  public var beta2: Double
  public var epsilon: Double

  public init(beta1: any Schedule = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
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
    let second = slots["second"].runningMean(gradient.squared(), keeping: beta2)
    slots["first"] = first
    slots["second"] = second
    let progress = context.progress
    let mean = first / progress.biasCorrection(beta1, dtype: gradient.dtype)
    let correction = progress.biasCorrection(beta2, dtype: gradient.dtype)
    let most = 2 / (1 - beta2) - 1
    let number = progress.updateNumber(dtype: gradient.dtype)
    let length = most - number * 2 * (1 - correction) / correction
    let rectification =
      ((length - 4) * (length - 2) * (most / ((most - 4) * (most - 2))) / length).sqrt()
    let adapted = mean * (rectification * correction.sqrt()) / (second.sqrt() + epsilon)
    return Tensor.select(length .> 5, adapted, mean).cast(to: update.dtype)
  }
}
