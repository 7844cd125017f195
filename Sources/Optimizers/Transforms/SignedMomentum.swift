/// The sign of an interpolated mean: `sign(beta1 m + (1 - beta1) g)`, then `m' = beta2 m + (1 - beta2) g`
/// (Lion, Chen et al. 2023). The sign of zero is zero, that of NaN is NaN.
public struct SignedMomentum: ParameterwiseTransform {
  public var beta1: any Schedule
  public var beta2: Double

  public init(beta1: any Schedule = 0.9, beta2: Double = 0.99) {
    self.beta1 = beta1
    self.beta2 = beta2
  }

  public func initial(_ parameter: Tensor, slots: inout Slots) {
    slots["first"] = parameter.widened.zerosLike()
  }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    let gradient = update.widened
    let first = slots["first"]
    slots["first"] = first.runningMean(gradient, keeping: beta2)
    return first.runningMean(gradient, keeping: beta1, at: context.progress).sign().cast(to: update.dtype)
  }
}
