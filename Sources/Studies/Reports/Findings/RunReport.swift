import Statistics

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
  /// By name, a value an epoch; nil where it wasn't taken.
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
