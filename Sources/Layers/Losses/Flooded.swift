import Configuration

/// Flooding (Ishida et al. 2020): a batch whose loss `L` lies below the level `b` is ascended, `|L - b| + b`.
///
/// The whole mini-batch is compared, not its examples, and at `L = b` the gradient keeps its sign, as in
/// article 2, whose comparison is strict. `L` includes the penalty of the parameters, if there is one; below
/// the level the gradient of the examples' part turns, but never the penalty's: weight decay goes on.
public struct Flooded: Loss {
  /// Which number is called the loss.
  public enum Reporting: String, Sendable, CaseIterable {
    /// `L` always.
    case raw
    /// `|L - b| + b` always: what is minimized.
    case flooded
    /// `L` in training, `|L - b| + b` in evaluation: article 2.
    case rawInTraining
  }

  public static let name = "flooded"
  public static let summary = "|L - b| + b of another loss, by mini-batch (Ishida et al. 2020)."
  public static let parameters = [
    Parameter("loss", default: SoftmaxCrossEntropy.name, "the loss L"),
    Parameter("at", default: 0, "the level b, or a schedule for it; 0 changes nothing where L can't be negative"),
    Parameter("reporting", default: Reporting.rawInTraining.rawValue, "raw, flooded or rawInTraining (article 2)"),
  ]

  public var loss: any Loss
  /// `b`. Evaluation takes the level of the last update.
  public var level: any Schedule
  public var reporting: Reporting

  public init(_ loss: any Loss, at level: any Schedule, reporting: Reporting = .rawInTraining) {
    self.loss = loss
    self.level = level
    self.reporting = reporting
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    loss = try Catalog<any Loss>.all.make(options.choice("loss", default: Choice(SoftmaxCrossEntropy.name)))
    level = try options.level("at", default: 0.0)
    reporting = try options.oneOf("reporting", default: .rawInTraining)
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
    // The penalty's part in the comparison is held constant, and its own gradient is added unturned.
    let compared = examples.objective.adding(penalty?.stopGradient())
    var objective = flooding(compared)
    if let penalty { objective = objective.adding(penalty - penalty.stopGradient()) }
    return LossValue(
      objective: objective,
      reported: reporting == .flooded ? flooding(raw.reported) : raw.reported,
      evaluated: reporting == .raw ? raw.evaluated : flooding(raw.evaluated))
  }

  private func flooding(_ loss: Tensor) -> Tensor {
    // A schedule that was given no progress stands at its start.
    let start = Progress(step: Tensor(0, dtype: .int32), stepsPerEpoch: 1, epochs: 1)
    let level = level.value(at: start, dtype: loss.dtype)
    let distance = loss - level
    return Tensor.select(loss .< level, -distance, distance) + level
  }
}

/// A schedule's value at a point of training, wherever it is asked for.
private struct Moment: Schedule {
  let schedule: any Schedule
  let progress: Progress

  func value(at _: Progress, dtype: DType) -> Tensor { schedule.value(at: progress, dtype: dtype) }
}

extension Options {
  /// A number, which may be below 0, or the name of a schedule.
  fileprivate mutating func level(_ key: String, default fallback: any Schedule) throws(ConfigurationError)
    -> any Schedule
  {
    if case .number = try peek(key) { return try number(key, default: 0, in: -1e30...1e30) }
    return try schedule(key, default: fallback)
  }
}

extension Loss {
  /// This loss, flooded at a level; see ``Flooded``.
  public func flooded(at level: any Schedule, reporting: Flooded.Reporting = .rawInTraining) -> Flooded {
    Flooded(self, at: level, reporting: reporting)
  }
}
