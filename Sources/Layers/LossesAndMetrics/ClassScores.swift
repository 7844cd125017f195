import Configuration

/// How the scores of single classes become one number.
public enum ClassAverage: String, Sendable, Hashable, CaseIterable {
  /// The mean over the classes that occur as a target or a prediction; over all outputs if these are events.
  case macro
  /// From the counts of all classes together.
  case micro
  /// The mean weighted by how often each class is a target.
  case weighted
}

/// A metric of how many examples of each class were found: ``PrecisionScore``, ``RecallScore`` or ``F1Score``.
///
/// Classes are compared by the greatest output, independent events by the threshold of their outputs: 0 for logits and
/// 0.5 for probabilities. A single output gives the score of its yes. A score that would divide by zero is 0, as
/// scikit-learn has it.
public protocol ClassScore: Metric {
  var average: ClassAverage { get set }
  /// How the loss interprets outputs; nil if it doesn't say.
  var kind: OutputKind? { get set }

  /// The score of a class.
  /// - Parameters:
  ///   - right: examples of the class that were predicted as such.
  ///   - predicted: examples predicted as the class.
  ///   - actual: examples of the class.
  static func score(right: Double, predicted: Double, actual: Double) -> Double
}

extension ClassScore {
  public static var isGreaterBetter: Bool { true }

  public func reading(_ kind: OutputKind?) -> Self {
    var metric = self
    metric.kind = kind
    return metric
  }

  /// For each class: examples found, predicted and there, `[3·classes]`.
  public func sums(_ outputs: Tensor, _ targets: Tensor, weights: Tensor?) -> Tensor {
    let (predicted, actual): (Tensor, Tensor)
    if let threshold = kind?.threshold {
      let values = targets.asValues(for: outputs, operation: Self.name)
      if values.diagnostic != nil { return values }
      (predicted, actual) = (outputs .> threshold, values .> 0.5)
    } else {
      let classes = targets.asClasses(for: outputs, operation: Self.name)
      if classes.diagnostic != nil { return classes }
      let count = outputs.shape.last
      (predicted, actual) = (outputs.argMax().oneHot(count, dtype: .bool), classes.oneHot(count, dtype: .bool))
    }
    let classes = outputs.rank > 1 ? outputs.shape.last : 1
    let shape: Shape = [outputs.shape[0], outputs.shape.elementCount / (outputs.shape[0] * classes), classes]
    let factors = (weights?.cast(to: outputs.dtype) ?? Tensor.ones([shape[0]], dtype: outputs.dtype))
      .reshape(to: [shape[0], 1, 1])
    return Tensor.concatenate(
      [predicted .& actual, predicted, actual].map {
        ($0.cast(to: outputs.dtype).reshape(to: shape) * factors).sum([0, 1])
      })
  }

  public func value(ofSums sums: [Double]) -> Double {
    let classes = sums.count / 3
    guard classes > 0 else { return .nan }
    func counts(_ index: Int) -> (right: Double, predicted: Double, actual: Double) {
      (sums[index], sums[classes + index], sums[2 * classes + index])
    }
    let isOfEvents = kind?.isOfEvents == true
    let seen = (0..<classes).map(counts).filter { isOfEvents || $0.predicted + $0.actual > 0 }
    let scores = seen.map { Self.score(right: $0.right, predicted: $0.predicted, actual: $0.actual) }
    switch average {
    case .macro: return scores.isEmpty ? .nan : scores.reduce(0, +) / Double(scores.count)
    case .micro:
      return Self.score(
        right: seen.reduce(0) { $0 + $1.right }, predicted: seen.reduce(0) { $0 + $1.predicted },
        actual: seen.reduce(0) { $0 + $1.actual })
    case .weighted:
      let total = seen.reduce(0) { $0 + $1.actual }
      return total == 0 ? 0 : zip(scores, seen).reduce(0) { $0 + $1.0 * $1.1.actual } / total
    }
  }

  public func incompatibility(
    _ kind: OutputKind?, outputs: Shape, targets: TargetDescription
  ) -> Incompatibility? { mismatchOfPredictions(kind, outputs: outputs, targets: targets) }

  fileprivate static func declared(
    _ name: String, _ summary: String, standard: Self, average: WritableKeyPath<Self, ClassAverage> & Sendable
  ) -> Declaration<Self> {
    Declaration(
      name, summary, standard: standard,
      settings: [
        Setting(
          "average", average, .word, "mean over classes, of all counts together, or weighted by the classes' examples")
      ])
  }
}

/// The share of examples predicted as a class that belong to it.
public struct PrecisionScore: Metric, ClassScore {
  public static let declaration = declared(
    "precision", "share of the examples predicted as a class that belong to it", standard: PrecisionScore(),
    average: \.average)

  public var average: ClassAverage
  public var kind: OutputKind?

  public init(average: ClassAverage = .macro) { self.average = average }

  public static func score(right: Double, predicted: Double, actual: Double) -> Double {
    predicted == 0 ? 0 : right / predicted
  }
}

/// The share of a class's examples that are predicted as such.
public struct RecallScore: Metric, ClassScore {
  public static let declaration = declared(
    "recall", "share of a class's examples that are predicted as such", standard: RecallScore(), average: \.average)

  public var average: ClassAverage
  public var kind: OutputKind?

  public init(average: ClassAverage = .macro) { self.average = average }

  public static func score(right: Double, predicted: Double, actual: Double) -> Double {
    actual == 0 ? 0 : right / actual
  }
}

/// The harmonic mean of precision and recall.
public struct F1Score: Metric, ClassScore {
  public static let declaration = declared(
    "f1", "harmonic mean of precision and recall", standard: F1Score(), average: \.average)

  public var average: ClassAverage
  public var kind: OutputKind?

  public init(average: ClassAverage = .macro) { self.average = average }

  public static func score(right: Double, predicted: Double, actual: Double) -> Double {
    predicted + actual == 0 ? 0 : 2 * right / (predicted + actual)
  }
}

/// The expected calibration error: how far confidence and accuracy are apart, averaged over bins of confidence.
///
/// `sum over bins of (examples in the bin / examples)·|accuracy - mean confidence|`, with bins of equal width over
/// 0...1, each with its upper bound. A class's confidence is its probability, an event's the probability of yes.
public struct CalibrationError: Metric {
  public static let declaration = Declaration(
    "calibrationError", "expected calibration error (ECE)", standard: CalibrationError(),
    reference: Reference(
      "Guo et al.", 2017, "On Calibration of Modern Neural Networks", "https://arxiv.org/abs/1706.04599"),
    settings: [Setting("bins", \.bins, .integer(in: 1...10_000), "number of bins of confidence")])

  public var bins: Int
  private var kind: OutputKind?

  public init(bins: Int = 15) { self.bins = bins }

  public func reading(_ kind: OutputKind?) -> CalibrationError {
    var metric = self
    metric.kind = kind
    return metric
  }

  /// For each bin: examples, their confidences and how many were right, `[3·bins]`.
  public func sums(_ outputs: Tensor, _ targets: Tensor, weights: Tensor?) -> Tensor {
    let (confidence, isRight): (Tensor, Tensor)
    if kind?.isOfEvents == true {
      let values = targets.asValues(for: outputs, operation: Self.name)
      if values.diagnostic != nil { return values }
      (confidence, isRight) = (kind == .eventLogits ? outputs.sigmoid() : outputs, values .> 0.5)
    } else {
      let classes = targets.asClasses(for: outputs, operation: Self.name)
      if classes.diagnostic != nil { return classes }
      let probabilities =
        switch kind {
        case .classProbabilities: outputs
        case .classLogProbabilities: outputs.exp()
        default: outputs.softmax()
        }
      (confidence, isRight) = (probabilities.max([-1]), outputs.argMax() .== classes)
    }
    let shape: Shape = [outputs.shape[0], confidence.shape.elementCount / outputs.shape[0], 1]
    let factors = (weights?.cast(to: outputs.dtype) ?? Tensor.ones([shape[0]], dtype: outputs.dtype))
      .reshape(to: [shape[0], 1, 1])
    let bin = ((confidence * Double(bins)).ceil() - 1).clamped(to: 0...Double(bins - 1)).cast(to: .int32)
    let isMasked = (factors .== 0).broadcast(to: shape)
    let members = bin.oneHot(bins, dtype: outputs.dtype).reshape(to: [shape[0], shape[1], bins])
    let numbers = [confidence.onesLike(), confidence, isRight.cast(to: outputs.dtype)]
    return Tensor.concatenate(
      numbers.map {
        // A weight of 0 masks even a NaN.
        (members * ($0.reshape(to: shape).replaced(where: isMasked, by: 0) * factors)).sum([0, 1])
      })
  }

  public func value(ofSums sums: [Double]) -> Double {
    let total = sums.prefix(bins).reduce(0, +)
    guard total > 0 else { return .nan }
    return (0..<bins).reduce(0) { $0 + (sums[bins + $1] - sums[2 * bins + $1]).magnitude } / total
  }

  public func incompatibility(
    _ kind: OutputKind?, outputs: Shape, targets: TargetDescription
  ) -> Incompatibility? {
    mismatchOfPredictions(kind, outputs: outputs, targets: targets)
      ?? (kind == nil ? mismatch("a loss that doesn't say what outputs are", "it needs probabilities or logits") : nil)
  }
}
