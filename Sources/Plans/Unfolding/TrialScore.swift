import Training

/// How good a trial is; the least is the best.
struct TrialScore: Hashable, Comparable {
  /// Gradient evaluations until the target was reached; infinite where it never was, or where there is none.
  let time: Double
  /// The metric, turned so that less is better; infinite for a training that diverged or failed.
  let loss: Double

  static let worst = TrialScore(time: .infinity, loss: .infinity)

  static func < (one: TrialScore, other: TrialScore) -> Bool { (one.time, one.loss) < (other.time, other.loss) }

  /// A number in the same order, for samplers and pruners, which know no times.
  var rank: Double {
    if time < .infinity { return -1 / (1 + time) }
    return loss < .infinity ? 0.5 + loss / (2 * (1 + loss.magnitude)) : .nan
  }

  /// The medians of repeats; the mean of the two in the middle where their number is even.
  static func median(_ scores: [TrialScore]) -> TrialScore {
    TrialScore(time: scores.map(\.time).median, loss: scores.map(\.loss).median)
  }
}

/// What trials are judged by.
struct TrialJudge {
  let metric: PrimaryMetric
  /// A value of the metric to be reached; nil for the metric itself.
  let target: Double?

  /// - Parameters:
  ///   - epoch: after which the run is judged; nil for its end.
  ///   - evaluations: gradients that a step evaluates.
  func score(_ run: KnownRun, after epoch: Int? = nil, evaluations: Double) -> TrialScore {
    guard run.state != .failed else { return .worst }
    let records = run.history.epochs.filter { $0.epoch > 0 && $0.epoch <= epoch ?? .max }
    guard !records.contains(where: isDiverged), let value = metric.value(of: History(epochs: records)) else {
      return .worst
    }
    let first = target.flatMap { target in
      records.first { record in record[metric.name].map { !metric.isBetter(target, than: $0) } ?? false }
    }
    return TrialScore(
      time: first.map { Double($0.step) * evaluations } ?? .infinity, loss: metric.better == .lower ? value : -value)
  }

  /// Whether a loss or the metric isn't finite: other metrics may be undefined in a sound training.
  private func isDiverged(_ record: EpochRecord) -> Bool {
    ["loss", "val_loss", metric.name].contains { record[$0]?.isFinite == false }
  }
}

extension [Double] {
  /// Infinities are ordered as numbers are; NaN for none.
  fileprivate var median: Double {
    guard !isEmpty else { return .nan }
    let (values, middle) = (sorted(), count / 2)
    return count.isMultiple(of: 2) ? (values[middle - 1] + values[middle]) / 2 : values[middle]
  }
}
