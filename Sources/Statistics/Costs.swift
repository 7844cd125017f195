/// The cost of the runs of an arm, summarized and in total.
public struct CostSummary: Sendable, Equatable, Encodable {
  public let runs: Int
  /// `nil` if no run has a finite duration.
  public let seconds: SampleSummary?
  public let steps: SampleSummary?
  public let gradientEvaluations: SampleSummary?
  /// `nil` if unknown for all runs.
  public let secondsPerStep: SampleSummary?
  /// The sum over runs with a finite duration.
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

/// The cost of a run.
public struct RunCost: Sendable, Hashable, Encodable {
  /// Wall-clock time.
  public var seconds: Double
  /// Parameter updates.
  public var steps: Int
  /// Gradient evaluations: one per step for plain rules, two for sharpness-aware ones.
  public var gradientEvaluations: Int

  /// The duration of a training step without evaluation; NaN if unknown.
  public var secondsPerStep: Double

  public init(seconds: Double, steps: Int, gradientEvaluations: Int, secondsPerStep: Double = .nan) {
    self.seconds = seconds
    self.steps = steps
    self.gradientEvaluations = gradientEvaluations
    self.secondsPerStep = secondsPerStep
  }
}
