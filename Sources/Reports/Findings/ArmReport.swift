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

/// What one run came to.
public struct RunReport: Sendable, Equatable, Encodable {
  public let seed: Int
  /// The metric after the last epoch; NaN for a run that diverged.
  public let last: Double
  /// The metric after its best epoch; NaN for a run that diverged from the start.
  public let best: Double
  /// The epoch of the best value, nil for a run that never had one.
  public let bestEpoch: Int?
  /// Whether the metric or the training loss wasn't a finite number at the end.
  public let isDiverged: Bool
  /// For each target the first epoch as good or better, nil where there was none.
  public let firstEpochs: [Int?]
  public let steps: Int
  public let seconds: Double
  /// Of training alone, a step in the epoch that is the median of all; nil without a step.
  public let secondsPerStep: Double?
  public let gradientEvaluations: Int
  /// Why it ended before its time, if it did.
  public let stopReason: String?
  /// The epochs recorded, 0 being the untrained model.
  public let epochs: [Int]
  /// By name, one value per epoch; nil where it wasn't recorded.
  public let metrics: [String: [Double?]]

  init(seed: Int, history: History, metric: PrimaryMetric, targets: [Double], evaluationsPerStep: Double) {
    self.seed = seed
    let trained = history.values(metric.name).filter { $0.epoch > 0 }
    let sign = metric.direction.sign
    let best = trained.filter { Self.isFinite($0.value) }.reduce(nil as (epoch: Int, value: Double)?) { best, next in
      best.map { next.value * sign > $0.value * sign } ?? true ? next : best
    }
    let end = trained.last?.value ?? .nan
    isDiverged = !Self.isFinite(end) || !(history.values("loss").last.map { Self.isFinite($0.value) } ?? true)
    // An accuracy stays finite when all else is lost; it says nothing about the method then.
    last = isDiverged ? .nan : end
    self.best = best?.value ?? .nan
    bestEpoch = best?.epoch
    firstEpochs = targets.map { target in trained.first { $0.value * sign >= target * sign }?.epoch }
    steps = history.epochs.last?.step ?? 0
    seconds = history.seconds
    let durations = zip(history.epochs.map(\.step), history.epochs).compactMap { end, record in
      let start = history.epochs.last { $0.epoch < record.epoch }?.step ?? 0
      return end > start ? record.trainingSeconds / Double(end - start) : nil
    }.filter(\.isFinite).sorted()
    secondsPerStep = durations.isEmpty ? nil : durations[(durations.count - 1) / 2]
    gradientEvaluations = Int(exactly: (Double(steps) * evaluationsPerStep).rounded()) ?? steps
    stopReason = history.stopReason
    epochs = history.epochs.map(\.epoch)
    var metrics: [String: [Double?]] = [:]
    for name in Set(history.epochs.flatMap { $0.metrics.keys }) { metrics[name] = history.epochs.map { $0[name] } }
    self.metrics = metrics
  }

  /// The value that counts.
  func value(_ reading: PrimaryMetric.Reading) -> Double { reading == .last || isDiverged ? last : best }

  /// Beyond this a value counts as diverged, as in `Statistics`.
  static func isFinite(_ value: Double) -> Bool { value.magnitude <= Outcomes.largestMagnitude }
}

/// A metric over the epochs, the runs of an arm taken together.
public struct MetricCurve: Sendable, Equatable, Encodable {
  public let metric: String
  /// Epochs of training at which some run has a finite value.
  public let epochs: [Int]
  /// Of the runs that have a finite value at that epoch.
  public let mean: [Double]
  /// Student's t interval of the mean; the mean itself where there is one run.
  public let lower: [Double]
  public let upper: [Double]
  /// How many runs that is.
  public let runs: [Int]

  /// - Throws: `StatisticsError` for an `alpha` that is no probability.
  init(_ metric: String, of runs: [RunReport], alpha: Double) throws(StatisticsError) {
    var values: [Int: [Double]] = [:]
    for run in runs {
      for (epoch, value) in zip(run.epochs, run.metrics[metric] ?? []) where epoch > 0 {
        if let value, RunReport.isFinite(value) { values[epoch, default: []].append(value) }
      }
    }
    var points: [(epoch: Int, summary: SampleSummary)] = []
    for (epoch, values) in values.sorted(by: { $0.key < $1.key }) {
      if let summary = try Outcomes(values).summary(alpha: alpha) { points.append((epoch, summary)) }
    }
    self.metric = metric
    epochs = points.map(\.epoch)
    mean = points.map(\.summary.mean)
    lower = points.map { $0.summary.interval?.lower ?? $0.summary.mean }
    upper = points.map { $0.summary.interval?.upper ?? $0.summary.mean }
    self.runs = points.map(\.summary.count)
  }
}
