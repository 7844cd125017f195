import Configuration

/// Flooding: gradient ascent on a batch whose loss `L` lies below the level `b`, by minimizing `|L - b| + b`.
///
/// The mean of the mini-batch is compared, not single examples, and the comparison is strict: at `L = b` the gradient
/// keeps its sign. `L` includes the penalty of the parameters, if there is one; below the level, the gradient of the
/// examples' part changes its sign but the penalty's doesn't, so that weight decay continues.
public struct Flooded: Loss {
  /// Which number is reported as the loss.
  public enum Reporting: String, Sendable, CaseIterable {
    /// Always `L`.
    case raw
    /// Always `|L - b| + b`, what is minimized.
    case flooded
    /// `L` in training, `|L - b| + b` in evaluation.
    case rawInTraining
  }

  public static let declaration = Declaration(
    "flooded", "flooding: |L - b| + b of another loss L, per mini-batch",
    standard: Flooded(SoftmaxCrossEntropy(), at: 0.0),
    reference: Reference(
      "Ishida et al.", 2020, "Do We Need Zero Training Loss After Achieving Zero Training Error?",
      "https://arxiv.org/abs/2002.08709"),
    settings: [
      Setting("loss", \.loss, .method, "the loss L"),
      Setting("at", \.level, .level, "flooding level b; 0 changes nothing if L can't be negative"),
      Setting("reporting", \.reporting, .word, "which value is reported: L, |L - b| + b, or L in training only"),
    ])

  public var loss: any Loss
  /// `b`. Evaluation uses the level of the last update.
  public var level: any Schedule
  public var reporting: Reporting

  public init(_ loss: any Loss, at level: any Schedule, reporting: Reporting = .rawInTraining) {
    self.loss = loss
    self.level = level
    self.reporting = reporting
  }

  public var outputKind: OutputKind? { loss.outputKind }
  public var defaultMetrics: [any Metric] { loss.defaultMetrics }

  public func scheduled(at progress: Progress) -> any Loss {
    var flooded = Flooded(loss.scheduled(at: progress), at: level, reporting: reporting)
    if !(level is Double) { flooded.level = Moment(schedule: level, progress: progress) }
    return flooded
  }

  public func perExample(_ outputs: Tensor, _ targets: Tensor) -> Tensor { loss.perExample(outputs, targets) }

  public func value(sum: Tensor, count: Tensor, penalty: Tensor?) -> LossValue {
    let examples = loss.value(sum: sum, count: count, penalty: nil)
    let raw = loss.value(sum: sum, count: count, penalty: penalty)
    // In the comparison the penalty is a constant; its own gradient is added with its sign unchanged.
    let compared = examples.objective.adding(penalty?.stopGradient())
    var objective = flooding(compared)
    if let penalty { objective = objective.adding(penalty - penalty.stopGradient()) }
    return LossValue(
      objective: objective,
      reported: reporting == .flooded ? flooding(raw.reported) : raw.reported,
      evaluated: reporting == .raw ? raw.evaluated : flooding(raw.evaluated))
  }

  private func flooding(_ loss: Tensor) -> Tensor {
    // Without progress, a schedule has its initial value.
    let start = Progress(step: Tensor(0, dtype: .int32), stepsPerEpoch: 1, epochs: 1)
    let level = level.value(at: start, dtype: loss.dtype)
    let distance = loss - level
    return Tensor.select(loss .< level, -distance, distance) + level
  }
}

extension Loss {
  /// This loss, flooded at a level; see ``Flooded``.
  public func flooded(at level: any Schedule, reporting: Flooded.Reporting = .rawInTraining) -> Flooded {
    Flooded(self, at: level, reporting: reporting)
  }
}

/// A schedule's value at a fixed point of training.
private struct Moment: Schedule {
  let schedule: any Schedule
  let progress: Progress

  func value(at _: Progress, dtype: DType) -> Tensor { schedule.value(at: progress, dtype: dtype) }
}

extension SettingFormat where Value == any Schedule {
  /// A finite number, which may be negative, or a schedule by name.
  fileprivate static var level: SettingFormat {
    SettingFormat(
      "a finite number or a schedule",
      read: { (options, key, fallback) throws(ConfigurationError) in
        guard case .number = try options.peek(key) else { return try options.schedule(key, default: fallback) }
        let greatest = Double.greatestFiniteMagnitude
        return try options.number(key, default: 0, in: -greatest...greatest)
      },
      write: { (level) throws(ConfigurationError) in
        if let number = level as? Double { return .number(number) }
        return try OptionValue(method: level)
      })
  }
}

/// Another loss, summed over the batch instead of averaged, so that the gradient grows with the batch size.
///
/// The reported value stays the mean, so that batches of any size are comparable.
public struct Summed: Loss {
  public static let declaration = Declaration(
    "summed", "another loss summed over the batch instead of averaged; the mean is reported",
    standard: Summed(SoftmaxCrossEntropy()), settings: [Setting("loss", \.loss, .method, "the loss")])

  public var loss: any Loss

  public init(_ loss: any Loss) { self.loss = loss }

  public var outputKind: OutputKind? { loss.outputKind }
  public var defaultMetrics: [any Metric] { loss.defaultMetrics }

  public func scheduled(at progress: Progress) -> any Loss { Summed(loss.scheduled(at: progress)) }

  public func perExample(_ outputs: Tensor, _ targets: Tensor) -> Tensor { loss.perExample(outputs, targets) }

  public func value(sum: Tensor, count: Tensor, penalty: Tensor?) -> LossValue {
    var value = loss.value(sum: sum, count: count, penalty: penalty)
    value.objective = loss.value(sum: sum, count: count.onesLike(), penalty: penalty).objective
    return value
  }
}
