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

/// What a run took.
public struct RunCost: Sendable, Hashable, Encodable {
  /// Of wall-clock time.
  public var seconds: Double
  /// Parameter updates.
  public var steps: Int
  /// Evaluations of a gradient: as many as steps for plain rules, twice as many for sharpness-aware ones.
  public var gradientEvaluations: Int

  /// Of training, without evaluation; NaN where it isn't known.
  public var secondsPerStep: Double

  public init(seconds: Double, steps: Int, gradientEvaluations: Int, secondsPerStep: Double = .nan) {
    self.seconds = seconds
    self.steps = steps
    self.gradientEvaluations = gradientEvaluations
    self.secondsPerStep = secondsPerStep
  }
}
