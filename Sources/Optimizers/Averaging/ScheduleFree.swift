import Configuration

/// The weighted mean of all points so far is evaluated, and gradients are taken near it, instead of lowering the
/// learning rate (Defazio et al. 2024).
///
/// The optimizer's update `u` moves points of its own, `z' = z + u`, and the mean follows: `x' = x + c (z' - x)`.
/// Training goes on at `y' = (1 - beta) z' + beta x'`; `x'` is evaluated. `c` is the update's share of the sum of all
/// weights `t^r lr^p`, where `lr` is the greatest learning rate so far: updates during a warm-up count little.
///
/// The mean takes the place of momentum. Schedule-Free SGD is ``SGD`` without momentum, Schedule-Free AdamW is
/// ``AdamW`` with `beta1: 0`, whose memory of a mean gradient goes; any other optimizer may stand there too. Running
/// statistics are estimated for the mean unless ``statistics`` says otherwise. `z` and `x` are kept in `float32` for
/// half precision.
public struct ScheduleFree: Averaging {
  public static let declaration = Declaration(
    "scheduleFree", "the weighted mean of all points, near which gradients are taken", standard: ScheduleFree(),
    formula: "z ← z + u; x ← x + cₜ(z − x); w = βx + (1 − β)z",
    reference: Reference("Defazio et al.", 2024, "The Road Less Scheduled", "https://arxiv.org/abs/2405.15682"),
    settings: [
      Setting("beta", \.beta, .number(in: 0...1), "share β of the mean in the point where gradients are taken"),
      Setting("power", \.power, .nonNegative, "r: an update counts t to this power"),
      Setting(
        "learningRatePower", \.learningRatePower, .nonNegative,
        "an update counts the greatest learning rate so far to this power"),
      .statistics(\.statistics),
    ])

  public var beta: any Schedule
  public var power: any Schedule
  public var learningRatePower: any Schedule
  public var statistics: AveragedStatistics

  public init(
    beta: any Schedule = 0.9, power: any Schedule = 0.0, learningRatePower: any Schedule = 2.0,
    statistics: AveragedStatistics = .estimated
  ) {
    self.beta = beta
    self.power = power
    self.learningRatePower = learningRatePower
    self.statistics = statistics
  }

  public func initial(_ parameters: TensorTree) -> TensorTree {
    let start = parameters.mapValues(\.upcast)
    var state = start.nested(under: "mean").merging(start.nested(under: "point"))
    let zero = Tensor(0, dtype: parameters.wideType)
    (state["weight"], state["learningRate"]) = (zero, zero)
    return state
  }

  public func update(
    _ parameters: TensorTree, state: TensorTree, context: UpdateContext
  ) -> (parameters: TensorTree, state: TensorTree) {
    let dtype = parameters.wideType
    let zero = Tensor(0, dtype: dtype)
    let rate = context.learningRate?.value(at: context.progress, dtype: dtype) ?? Tensor(1, dtype: dtype)
    let greatest = (state["learningRate"] ?? zero).maximum(rate)
    var weight = context.progress.updateNumber(dtype: dtype).power(power.at(context.progress))
    if learningRatePower.constant != 0 { weight = weight * greatest.power(learningRatePower.at(context.progress)) }
    let sum = (state["weight"] ?? zero) + weight
    // Before the first rate above 0 nothing has moved.
    let share = (weight / sum).replaced(where: sum .== 0, by: 0)
    let updates = parameters.zip(context.parameters) { $0.upcast - $1.upcast }
    let points = state[under: "point"].zip(updates, +)
    let means = state[under: "mean"].zip(points) { $0 + ($1 - $0) * share.cast(to: $0.dtype) }
    let next = means.zip(points) { $0 * beta.at(context.progress) + $1 * (1 - beta.at(context.progress)) }
    var following = means.nested(under: "mean").merging(points.nested(under: "point"))
    (following["weight"], following["learningRate"]) = (sum, greatest)
    return (parameters.zip(next) { $1.cast(to: $0.dtype) }, following)
  }

  public func averaged(_ parameters: TensorTree, state: TensorTree) -> TensorTree {
    state[under: "mean"].zip(parameters) { $0.cast(to: $1.dtype) }
  }
}
