/// Updates over the root of the sum of all their squares: `s' = s + g^2`, `g / (sqrt(s') + epsilon)` or
/// `g / sqrt(s' + epsilon)` (Duchi et al. 2011).
public struct AccumulatedSquares: ParameterwiseTransform {
  /// The sum before the first step.
  public var initialSum: Double
  public var epsilon: Double
  public var placement: EpsilonPlacement

  public init(initialSum: Double = 0, epsilon: Double = 1e-10, placement: EpsilonPlacement = .outsideRoot) {
    self.initialSum = initialSum
    self.epsilon = epsilon
    self.placement = placement
  }

  public func initial(_ parameter: Tensor, slots: inout Slots) {
    slots["squares"] = Tensor(initialSum, like: parameter.widened)
  }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    let gradient = update.widened
    let squares = slots["squares"] + gradient.squared()
    slots["squares"] = squares
    return (gradient / placement.root(of: squares, epsilon: epsilon)).cast(to: update.dtype)
  }
}
