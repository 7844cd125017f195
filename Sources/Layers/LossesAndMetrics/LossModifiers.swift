import Configuration

/// A loss made of another one, whose requirements it forwards unless it says otherwise.
public protocol LossModifier: Loss {
  var loss: any Loss { get set }
}

extension LossModifier {
  public var outputKind: OutputKind? { loss.outputKind }
  public var defaultMetrics: [any Metric] { loss.defaultMetrics }
  public var passes: Int { loss.passes }
  public var adaptiveFlooding: AdaptivelyFlooded? { loss.adaptiveFlooding }

  public func flooded(atEach levels: Tensor?) -> any Loss {
    var copy = self
    copy.loss = loss.flooded(atEach: levels)
    return copy
  }

  public func perExample(_ outputs: Tensor, _ targets: Tensor) -> Tensor { loss.perExample(outputs, targets) }

  public func perExample(passes outputs: [Tensor], _ targets: Tensor) -> Tensor {
    loss.perExample(passes: outputs, targets)
  }

  public func value(sum: Tensor, count: Tensor, penalty: Tensor?) -> LossValue {
    loss.value(sum: sum, count: count, penalty: penalty)
  }
}

/// Flooding: gradient ascent on a batch whose loss `L` lies below the level `b`, by minimizing `|L - b| + b`.
///
/// The mean of the mini-batch is compared, not single examples, and the comparison is strict: at `L = b` the gradient
/// keeps its sign. `L` includes the penalty of the parameters, if there is one; below the level, the gradient of the
/// examples' part changes its sign but the penalty's doesn't, so that weight decay continues.
public struct Flooded: Loss, LossModifier {
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
      Setting("at", \.level, .finite, "flooding level b; 0 changes nothing if L can't be negative"),
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

  public func scheduled(at progress: Progress) -> any Loss {
    Flooded(loss.scheduled(at: progress), at: level.fixed(at: progress), reporting: reporting)
  }

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

  private func flooding(_ loss: Tensor) -> Tensor { loss.flooded(at: level) }
}

/// Individual flooding: each example's loss `l` becomes `|l - b| + b` (Xie et al. 2022).
///
/// The examples that are learned best are held at the level `b`, whatever the others of their batch are. Training and
/// evaluation report what is minimized.
public struct IndividuallyFlooded: Loss, LossModifier {
  public static let declaration = Declaration(
    "individuallyFlooded", "individual flooding: |l - b| + b of each example's loss l",
    standard: IndividuallyFlooded(SoftmaxCrossEntropy(), at: 0.0),
    reference: Reference(
      "Xie et al.", 2022, "iFlood: A Stable and Effective Regularizer", "https://openreview.net/forum?id=MsHnJPaBUZE"),
    settings: [
      Setting("loss", \.loss, .method, "the loss l"),
      Setting("at", \.level, .finite, "flooding level b; 0 changes nothing if l can't be negative"),
    ])

  public var loss: any Loss
  /// `b`. Evaluation uses the level of the last update.
  public var level: any Schedule

  public init(_ loss: any Loss, at level: any Schedule) { (self.loss, self.level) = (loss, level) }

  public func scheduled(at progress: Progress) -> any Loss {
    IndividuallyFlooded(loss.scheduled(at: progress), at: level.fixed(at: progress))
  }

  public func perExample(_ outputs: Tensor, _ targets: Tensor) -> Tensor {
    loss.perExample(outputs, targets).flooded(at: level)
  }

  public func perExample(passes outputs: [Tensor], _ targets: Tensor) -> Tensor {
    loss.perExample(passes: outputs, targets).flooded(at: level)
  }
}

extension Tensor {
  /// `|l - b| + b`, whose gradient keeps its sign at `b` itself.
  fileprivate func flooded(at level: any Schedule) -> Tensor {
    flooded(at: level.initial.tensor(dtype))
  }

  func flooded(at level: Tensor) -> Tensor {
    let distance = self - level
    return Tensor.select(self .< level, -distance, distance) + level
  }
}

extension Loss {
  /// This loss, flooded at a level; see ``Flooded``.
  public func flooded(at level: any Schedule, reporting: Flooded.Reporting = .rawInTraining) -> Flooded {
    Flooded(self, at: level, reporting: reporting)
  }
}

/// Another loss, summed over the batch instead of averaged, so that the gradient grows with the batch size.
///
/// The reported value stays the mean, so that batches of any size are comparable.
public struct Summed: Loss, LossModifier {
  public static let declaration = Declaration(
    "summed", "another loss summed over the batch instead of averaged; the mean is reported",
    standard: Summed(SoftmaxCrossEntropy()), settings: [Setting("loss", \.loss, .method, "the loss")])

  public var loss: any Loss

  public init(_ loss: any Loss) { self.loss = loss }

  public func scheduled(at progress: Progress) -> any Loss { Summed(loss.scheduled(at: progress)) }

  public var terms: [any Loss] { loss.terms.map { Summed($0) } }

  public func value(sum: Tensor, count: Tensor, penalty: Tensor?) -> LossValue {
    var value = loss.value(sum: sum, count: count, penalty: penalty)
    value.objective = loss.value(sum: sum, count: count.onesLike(), penalty: penalty).objective
    return value
  }
}
