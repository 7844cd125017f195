/// Updates over the root of the running mean of their squares: `v' = keeping v + (1 - keeping) g^2`,
/// `g / (sqrt(v') + epsilon)` or `g / sqrt(v' + epsilon)`.
///
/// Centred, the square of the running mean of `g` is taken off `v'` (Graves 2013). Tieleman and Hinton 2012.
public struct RootMeanSquare: ParameterwiseTransform {
  public var keeping: Double
  public var epsilon: Double
  public var placement: EpsilonPlacement
  public var isCentered: Bool

  public init(
    keeping: Double = 0.99, epsilon: Double = 1e-8, placement: EpsilonPlacement = .outsideRoot,
    isCentered: Bool = false
  ) {
    self.keeping = keeping
    self.epsilon = epsilon
    self.placement = placement
    self.isCentered = isCentered
  }

  public func initial(_ parameter: Tensor, slots: inout Slots) {
    slots["second"] = parameter.widened.zerosLike()
    if isCentered { slots["first"] = parameter.widened.zerosLike() }
  }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    let gradient = update.widened
    var squares = slots["second"].runningMean(gradient.squared(), keeping: keeping)
    slots["second"] = squares
    if isCentered {
      let mean = slots["first"].runningMean(gradient, keeping: keeping)
      slots["first"] = mean
      // A variance that rounding makes negative has no root.
      squares = (squares - mean.squared()).maximum(0)
    }
    return (gradient / placement.root(of: squares, epsilon: epsilon)).cast(to: update.dtype)
  }
}
