/// Adam with the greatest magnitude in place of the second moment: `m' = beta1 m + (1 - beta1) g`,
/// `u' = max(beta2 u, |g|)`, `m' / (1 - beta1^t) / u'` (Kingma and Ba 2015, section 7.1).
public struct InfinityMoments: ParameterwiseTransform {
  /// Where epsilon keeps `u'` from being zero.
  public enum Placement: Sendable, Hashable {
    /// `max(beta2 u, |g| + epsilon)`, PyTorch.
    case insideMaximum
    /// `u' + epsilon`, Keras.
    case outsideMaximum
  }

  public var beta1: any Schedule
  public var beta2: Double
  public var epsilon: Double
  public var placement: Placement

  public init(
    beta1: any Schedule = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, placement: Placement = .insideMaximum
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.placement = placement
  }

  public func initial(_ parameter: Tensor, slots: inout Slots) {
    slots["first"] = parameter.widened.zerosLike()
    slots["greatest"] = parameter.widened.zerosLike()
  }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    let gradient = update.widened
    let first = slots["first"].runningMean(gradient, keeping: beta1, at: context.progress)
    let magnitude = placement == .insideMaximum ? gradient.abs() + epsilon : gradient.abs()
    let greatest = (slots["greatest"] * beta2).maximum(magnitude)
    slots["first"] = first
    slots["greatest"] = greatest
    let mean = first / context.progress.biasCorrection(beta1, dtype: gradient.dtype)
    return (mean / (placement == .outsideMaximum ? greatest + epsilon : greatest)).cast(to: update.dtype)
  }
}
