import Statistics

/// What the runs of one arm came to.
public struct ArmReport: Sendable, Equatable, Encodable {
  public let name: String
  /// By seed.
  public let runs: [RunReport]
  /// Of the metric after the last epoch; nil where no run ended with a finite value.
  public let last: SampleSummary?
  /// Of the metric after each run's best epoch. Epochs were chosen by the very data they are judged on, so these are
  /// kinder than the truth.
  public let best: SampleSummary?
  /// For each target how soon the runs reached it; nil without runs.
  public let targets: [TargetSummary?]
  public let cost: CostSummary?
  /// The primary metric first.
  public let curves: [MetricCurve]

  public var diverged: Int { runs.count(where: \.isDiverged) }

  /// Where the arm lies by the reading that counts.
  public func summary(_ reading: PrimaryMetric.Reading) -> SampleSummary? { reading == .last ? last : best }

  init(_ facts: ArmFacts, runs: [RunReport], of study: StudyFacts, metrics: [String], alpha: Double)
    throws(StatisticsError)
  {
    name = facts.name
    self.runs = runs
    guard !runs.isEmpty else {
      (last, best, targets, cost, curves) = (nil, nil, study.targets.map { _ in nil }, nil, [])
      return
    }
    last = try Outcomes(runs.map(\.last)).summary(alpha: alpha)
    best = try Outcomes(runs.map { $0.value(.best) }).summary(alpha: alpha)
    var targets: [TargetSummary?] = []
    for index in study.targets.indices {
      let times = try Self.targetTimes(of: runs, target: index)
      targets.append(times.isEmpty ? nil : try TargetSummary(Array(times.values)))
    }
    self.targets = targets
    cost = try CostSummary(
      runs.map {
        RunCost(
          seconds: $0.seconds, steps: $0.steps, gradientEvaluations: $0.gradientEvaluations,
          secondsPerStep: $0.secondsPerStep ?? .nan)
      })
    var curves: [MetricCurve] = []
    for metric in metrics {
      let curve = try MetricCurve(metric, of: runs, alpha: alpha)
      if !curve.epochs.isEmpty { curves.append(curve) }
    }
    self.curves = curves
  }

  /// When each trained run reached a target, by seed.
  static func targetTimes(of runs: [RunReport], target index: Int) throws(StatisticsError) -> [Int: TargetTime] {
    let longest = runs.compactMap { $0.epochs.last }.max() ?? 0
    var times: [Int: TargetTime] = [:]
    for run in runs {
      // A run that diverged would not have reached the target with more epochs either.
      let end = run.isDiverged ? longest : run.epochs.last ?? 0
      let first = run.firstEpochs[index]
      if end > 0 { times[run.seed] = try TargetTime(epoch: first ?? end, isReached: first != nil) }
    }
    return times
  }

  /// A metric's course over the epochs, nil where it wasn't recorded.
  public func curve(_ metric: String) -> MetricCurve? { curves.first { $0.metric == metric } }
}
