import Configuration

/// Follow the regularized leader, proximal: parameters that minimize the sum of all gradients so far, with penalties
/// that keep many of them at zero (McMahan et al. 2013), as Keras computes it; see ``FollowedLeader``.
public struct FTRL: Optimizer {
  public static let declaration = Declaration(
    "ftrl", "follow the regularized leader, for sparse linear models", standard: FTRL(),
    formula: "n′ = n + g²; z ← z + g − (n′⁻ᵖ − n⁻ᵖ)w/η; w ← (clip(z, ±λ₁) − z) / ((n′⁻ᵖ + β)/η + 2λ₂)",
    reference: Reference(
      "McMahan et al.", 2013, "Ad Click Prediction: a View from the Trenches",
      "https://doi.org/10.1145/2487575.2488200"),
    settings: [
      .learningRate(\.leader.rate),
      Setting("power", \.leader.power, .number(in: -10...0), "the power of the sum of squares in the learning rate"),
      Setting("initialSum", \.leader.initialSum, .nonNegative, "sum of squares before the first step"),
      Setting("l1", \.leader.l1, .nonNegative, "λ₁, the penalty on magnitudes"),
      Setting("l2", \.leader.l2, .nonNegative, "λ₂, the penalty on squares"),
      Setting(
        "shrinkage", \.leader.shrinkage, .nonNegative, "an L2 penalty on the parameters where gradients are taken"),
      Setting("beta", \.leader.beta, .nonNegative, "β, added to the root of the sum of squares"),
    ])

  public var leader: FollowedLeader

  public init(
    learningRate: any Schedule = 0.001, power: Double = -0.5, initialSum: Double = 0.1, l1: any Schedule = 0.0,
    l2: any Schedule = 0.0,
    shrinkage: any Schedule = 0.0, beta: any Schedule = 0.0
  ) {
    leader = FollowedLeader(
      rate: learningRate, power: power, initialSum: initialSum, l1: l1, l2: l2, shrinkage: shrinkage, beta: beta)
  }

  public var transform: any Transform { leader }
}

/// The way to the point that minimizes a regularized sum of all gradients (FTRL-Proximal, McMahan et al. 2013).
///
/// `n' = n + g^2`, `z' = z + g + 2 shrinkage w - (n'^-power - n^-power) / lr w`, and `w' = (clip(z', ±l1) - z') /
/// (n'^-power / lr + beta / lr + 2 l2)`. The point depends on the gradients only: the first update leaves the initial
/// parameters behind.
public struct FollowedLeader: ParameterwiseTransform, ShardableTransform {
  public var rate: any Schedule
  public var power: Double
  /// The sum of squares before the first step.
  public var initialSum: Double
  public var l1: any Schedule
  public var l2: any Schedule
  public var shrinkage: any Schedule
  public var beta: any Schedule

  public init(
    rate: any Schedule = 0.001, power: Double = -0.5, initialSum: Double = 0.1, l1: any Schedule = 0.0,
    l2: any Schedule = 0.0,
    shrinkage: any Schedule = 0.0, beta: any Schedule = 0.0
  ) {
    self.rate = rate
    self.power = power
    self.initialSum = initialSum
    self.l1 = l1
    self.l2 = l2
    self.shrinkage = shrinkage
    self.beta = beta
  }

  public var learningRate: (any Schedule)? { rate }

  public func initial(_ parameter: Tensor, slots: inout Slots) {
    slots["squares"] = Tensor(initialSum, like: parameter.upcast)
    slots.setZeros("linear", like: parameter)
  }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    let (gradient, position) = (update.upcast, parameter.upcast)
    let rate = rate.value(at: context.progress, dtype: gradient.dtype)
    let before = slots["squares"]
    let squares = before + gradient.squared()
    let size = squares.power(-power)
    let moved = (size - before.power(-power)) / rate * position
    let linear = slots["linear"] + gradient + position * (2 * shrinkage.at(context.progress)) - moved
    (slots["squares"], slots["linear"]) = (squares, linear)
    let curvature = (size + beta.at(context.progress)) / rate + 2 * l2.at(context.progress)
    // Without any square yet there is no gradient either.
    let next =
      (linear.maximum(-l1.at(context.progress)).minimum(l1.at(context.progress)) - linear)
      / curvature.replaced(where: curvature .== 0, by: 1)
    return (next - position).cast(to: update.dtype)
  }
}
