/// What the runs of an arm took, each in the median with its quartiles, and together.
public struct CostSummary: Sendable, Equatable, Encodable {
  public let runs: Int
  /// Nil if no run has a finite time.
  public let seconds: SampleSummary?
  public let steps: SampleSummary?
  public let gradientEvaluations: SampleSummary?
  /// Nil if it is known of no run.
  public let secondsPerStep: SampleSummary?
  /// Of all runs whose time is finite.
  public let totalSeconds: Double

  /// - Throws: `StatisticsError.empty` for no runs.
  public init(_ costs: [RunCost]) throws(StatisticsError) {
    if costs.isEmpty { throw .empty(what: "runs") }
    let times = Outcomes(checked: costs.map(\.seconds))
    runs = costs.count
    seconds = try times.summary()
    steps = try Outcomes(checked: costs.map { Double($0.steps) }).summary()
    gradientEvaluations = try Outcomes(checked: costs.map { Double($0.gradientEvaluations) }).summary()
    secondsPerStep = try Outcomes(checked: costs.map(\.secondsPerStep)).summary()
    totalSeconds = times.finite.reduce(0, +)
  }
}
