/// Nesterov's momentum in its classical form, `v' = mu v - rate * g(w + mu v)`, `w' = w + v'`.
///
/// Gradients are taken for the stored parameters, so what is stored is the point looked at, `W = w + mu v`, and
/// `w` itself is kept in the slot `position`. Substituting `w = W - mu v` gives the reformulated
/// `W' = W - mu v + mu v' + v'`, which is ``MomentumTrace`` after ``ScaleByRate``: the two agree at every step.
///
/// It takes gradients times the negative rate. Nesterov 1983; Sutskever et al. 2013.
public struct LookAheadMomentum: ParameterwiseTransform {
  public var momentum: Double

  public init(_ momentum: Double = 0.9) { self.momentum = momentum }

  public func initial(_ parameter: Tensor, slots: inout Slots) {
    slots["position"] = parameter
    slots["velocity"] = parameter.zerosLike()
  }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    let velocity = slots["velocity"] * momentum + update
    let position = slots["position"] + velocity
    slots["velocity"] = velocity
    slots["position"] = position
    return position + velocity * momentum - parameter
  }
}
