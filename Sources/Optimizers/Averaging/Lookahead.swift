import Configuration

/// Every few steps, slow parameters move a part of the way to the fast ones, which go on from there:
/// `s += alpha (w - s)`, `w = s` (Zhang et al. 2019). The slow ones are evaluated.
public struct Lookahead: Averaging {
  public static let name = "lookahead"
  public static let summary = "slow parameters follow fast ones every few steps (Zhang et al. 2019)"
  public static let parameters = [
    Parameter("alpha", default: 0.5, "the part of the way"),
    Parameter("every", default: 6, "steps from one move to the next"),
    .statistics,
  ]

  public var alpha: Double
  public var period: Int
  public var statistics: AveragedStatistics

  public init(alpha: Double = 0.5, every period: Int = 6, statistics: AveragedStatistics = .last) {
    self.alpha = alpha
    self.period = period
    self.statistics = statistics
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    alpha = try options.number("alpha", default: 0.5, in: 0...1)
    period = try options.integer("every", default: 6, in: 1...Int(Int32.max))
    statistics = try options.oneOf("statistics", default: .last)
  }

  public func initial(_ parameters: TensorTree) -> TensorTree { parameters.nested(under: "slow") }

  public func update(
    _ parameters: TensorTree, state: TensorTree, context: UpdateContext
  ) -> (parameters: TensorTree, state: TensorTree) {
    let number = context.progress.step + 1
    let moves = number.remainder(dividingBy: Double(Swift.max(1, period))) .== 0
    let slow = state[under: "slow"]
    let moved = slow.zip(parameters) { slow, fast in slow + (fast - slow) * alpha }
    let next = moved.zip(slow) { Tensor.select(moves, $0, $1) }
    return (parameters.zip(moved) { fast, slow in Tensor.select(moves, slow, fast) }, next.nested(under: "slow"))
  }

  public func averaged(_ parameters: TensorTree, state: TensorTree) -> TensorTree { state[under: "slow"] }
}
