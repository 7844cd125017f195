import Statistics

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
