/// A velocity, the decaying sum of past updates.
///
/// `v' = mu v + (1 - dampening) u`; the output is `v'`, with Nesterov's look-ahead `u + mu v'`. PyTorch leaves
/// the first step undamped, and so does this. Polyak 1964; Sutskever et al. 2013.
public struct MomentumTrace: ParameterwiseTransform {
  public var momentum: any Schedule
  public var dampening: Double
  public var isNesterov: Bool

  public init(_ momentum: any Schedule = 0.9, dampening: Double = 0, isNesterov: Bool = false) {
    self.momentum = momentum
    self.dampening = dampening
    self.isNesterov = isNesterov
  }

  public func initial(_ parameter: Tensor, slots: inout Slots) { slots["velocity"] = parameter.zerosLike() }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    let momentum = momentum.value(at: context.progress, dtype: update.dtype)
    var velocity = slots["velocity"] * momentum + (dampening == 0 ? update : update * (1 - dampening))
    if dampening != 0 {
      velocity = velocity.replaced(where: context.progress.step .== 0, by: update)
    }
    slots["velocity"] = velocity
    return isNesterov ? update + velocity * momentum : velocity
  }
}
