import Statistics

/// A published value beside ours.
public struct PublishedComparison: Sendable, Equatable, Encodable {
  /// Whether a published value lies where ours do.
  public enum Agreement: String, Sendable, Encodable {
    /// It is what one of our runs might have given.
    case inside
    case outside
    /// There is nothing to judge by: a single run of ours, runs that ended before a published epoch, or a time on
    /// another machine.
    case unjudged
  }

  public let arm: String
  public let published: PublishedValue
  /// The mean of our runs; for an epoch the median, nil if most never got there.
  public let ours: Double?
  /// Where a single further run of ours would lie, by Student's t (a prediction interval); for epochs, the range of our
  /// runs. Published numbers are of single runs, so the interval of our mean would be too narrow a measure.
  public let interval: Interval?
  public let agreement: Agreement

  init?(_ published: PublishedValue, arm: String, runs: [RunReport], study: StudyFacts, alpha: Double)
    throws(StatisticsError)
  {
    self.arm = arm
    self.published = published
    guard !runs.isEmpty else { return nil }
    switch published.quantity {
    case .firstEpoch(let metric, let target):
      guard metric == study.metric.name, let index = study.targets.firstIndex(of: target) else { return nil }
      let epochs = runs.map { $0.firstEpochs[index] }
      let reached = epochs.compactMap(\.self).map(Double.init).sorted()
      let middle = (epochs.count - 1) / 2
      ours = reached.indices.contains(middle) ? reached[middle] : nil
      let range = reached.first.flatMap { first in reached.last.map { Interval(first, $0) } }
      interval = range
      let isInside =
        if let value = published.value { range?.contains(value) ?? false } else { reached.count < epochs.count }
      // A run that ended before the published epoch might have got there then.
      let longest = Double(runs.compactMap(\.epochs.last).max() ?? 0)
      let isTooShort = reached.count < epochs.count && published.value.map { $0 > longest } ?? false
      agreement = runs.count < 2 || isTooShort ? .unjudged : isInside ? .inside : .outside
    case .bestEpoch(let metric):
      let epochs = runs.compactMap(\.bestEpoch).map(Double.init).sorted()
      guard metric == study.metric.name, let first = epochs.first, let last = epochs.last else { return nil }
      ours = epochs[(epochs.count - 1) / 2]
      let range = Interval(first, last)
      interval = range
      agreement =
        published.value.map { epochs.count < 2 ? .unjudged : range.contains($0) ? .inside : .outside } ?? .unjudged
    case .seconds:
      ours = try Outcomes(runs.map(\.seconds)).summary()?.mean
      interval = nil
      agreement = .unjudged
    case .last(let metric), .best(let metric), .at(let metric, _):
      let values = runs.compactMap { Self.value(published.quantity, metric, of: $0, study) }
      guard let summary = values.isEmpty ? nil : try Outcomes(values).summary(alpha: alpha) else { return nil }
      ours = summary.mean
      let interval = try Self.prediction(summary, alpha: alpha)
      self.interval = interval
      guard let value = published.value, let interval else {
        agreement = .unjudged
        return
      }
      // Rounding may have put it just outside.
      let slack = published.resolution / 2 * (1 + 1e-9)
      agreement = interval.lower - slack <= value && value <= interval.upper + slack ? .inside : .outside
    }
  }

  private static func value(
    _ quantity: PublishedValue.Quantity, _ metric: String, of run: RunReport, _ study: StudyFacts
  ) -> Double? {
    let recorded = zip(run.epochs, run.metrics[metric] ?? [])
    if case .at(_, let epoch) = quantity { return recorded.first { $0.0 == epoch }?.1 }
    let values = recorded.compactMap { $0 > 0 ? $1 : nil }
    if case .last = quantity { return values.last }
    let better = metric == study.metric.name ? study.metric.direction : PrimaryMetric(metric).direction
    let finite = values.filter(RunReport.isFinite)
    return better == .higher ? finite.max() : finite.min()
  }

  private static func prediction(_ summary: SampleSummary, alpha: Double) throws(StatisticsError) -> Interval? {
    guard let deviation = summary.standardDeviation else { return nil }
    let count = Double(summary.count)
    let margin =
      try StudentT(degreesOfFreedom: count - 1).quantile(1 - alpha / 2) * deviation * (1 + 1 / count).squareRoot()
    return Interval(summary.mean - margin, summary.mean + margin)
  }
}
