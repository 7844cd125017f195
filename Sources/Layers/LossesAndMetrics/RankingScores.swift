import Configuration
import Foundation

/// A metric that can't be added up over batches: it needs the outputs of all examples at once.
///
/// An evaluation collects outputs and targets and computes it on the host, in double precision: for validation data
/// after each epoch, and for the data of `Trainer.evaluate`. Training data, whose outputs change from step to step, have
/// no value of it.
public protocol CollectedMetric: Metric {
  /// The metric of a data set; NaN where it is undefined.
  func value(of outputs: CollectedOutputs) -> Double
}

extension CollectedMetric {
  /// An error: there are no sums that it follows from.
  public func sums(_ outputs: Tensor, _ targets: Tensor, weights: Tensor?) -> Tensor {
    .failed(
      Diagnostic(
        operation: Self.name, message: "needs the outputs of all examples at once, and can't be added up over batches",
        inputs: [outputs.type, targets.type]))
  }

  public func value(ofSums sums: [Double]) -> Double { .nan }
}

/// The outputs and targets of all examples of a data set, one after the other.
public struct CollectedOutputs: Sendable {
  public let outputs: [Double]
  public let targets: [Double]
  /// Outputs per position: the number of classes, or of events.
  public let width: Int

  public init(outputs: [Double], targets: [Double], width: Int) {
    (self.outputs, self.targets, self.width) = (outputs, targets, width)
  }

  /// For each class or event, the examples' scores and whether they belong to it. Two classes are one yes or no.
  func columns(_ kind: OutputKind?) -> [(scores: [Double], isPositive: [Bool])] {
    guard width > 0 else { return [] }
    let count = outputs.count / width
    func column(_ index: Int, of numbers: [Double]) -> [Double] { (0..<count).map { numbers[$0 * width + index] } }
    if kind?.isOfEvents == true {
      return (0..<width).map { (column($0, of: outputs), column($0, of: targets).map { $0 > 0.5 }) }
    }
    let classes = targets.count == count ? targets : (0..<count).map { Double(greatest(targets, $0)) }
    if width == 2 {
      let (no, yes) = (column(0, of: outputs), column(1, of: outputs))
      // Of two logits only the difference matters.
      return [(kind == .classLogits ? zip(yes, no).map { $0 - $1 } : yes, classes.map { $0 == 1 })]
    }
    let scores = kind == .classLogits ? logProbabilities(count) : outputs
    return (0..<width).map { index in (column(index, of: scores), classes.map { $0 == Double(index) }) }
  }

  private func greatest(_ numbers: [Double], _ row: Int) -> Int {
    let start = row * width
    return (0..<width).dropFirst().reduce(0) { numbers[start + $1] > numbers[start + $0] ? $1 : $0 }
  }

  /// The logarithms of the softmax, which rank as the probabilities do.
  private func logProbabilities(_ count: Int) -> [Double] {
    (0..<count).flatMap { row -> [Double] in
      let logits = outputs[row * width..<(row + 1) * width]
      let greatest = logits.max() ?? 0
      let sum = logits.reduce(0) { $0 + exp($1 - greatest) }
      return logits.map { $0 - greatest - log(sum) }
    }
  }
}

/// A score of how examples of a class rank among the others; of several classes the mean of each against the rest.
private protocol OneAgainstRest: CollectedMetric {
  /// How the loss interprets the outputs.
  var kind: OutputKind? { get set }
  static func area(_ scores: [Double], _ isPositive: [Bool]) -> Double
}

extension OneAgainstRest {
  public func reading(_ kind: OutputKind?) -> Self {
    var metric = self
    metric.kind = kind
    return metric
  }

  public func value(of outputs: CollectedOutputs) -> Double {
    outputs.columns(kind).map { Self.area($0.scores, $0.isPositive) }.mean
  }

  public func incompatibility(
    _ kind: OutputKind?, outputs: Shape, targets: TargetDescription
  ) -> Incompatibility? { mismatchOfPredictions(kind, outputs: outputs, targets: targets) }
}

/// The area under the receiver operating characteristic: how often an example of a class scores higher than another one,
/// ties counting half.
///
/// Of several classes, the mean of each against the rest. A class without examples, or with nothing else, has no area:
/// the result is NaN, as scikit-learn has it.
public struct ROCAUC: Metric, CollectedMetric, OneAgainstRest {
  public static let declaration = Declaration(
    "rocAUC", "area under the ROC curve; of several classes the mean of one against the rest", standard: ROCAUC(),
    reference: Reference(
      "Fawcett", 2006, "An introduction to ROC analysis", "https://doi.org/10.1016/j.patrec.2005.10.010"))
  public static var isGreaterBetter: Bool { true }

  fileprivate var kind: OutputKind?

  public init() {}

  static func area(_ scores: [Double], _ isPositive: [Bool]) -> Double {
    guard !scores.contains(where: \.isNaN) else { return .nan }
    var (positives, negatives, wins) = (0.0, 0.0, 0.0)
    // From the lowest score upwards: an example beats all negatives below it, and half of its equals.
    for group in Ties(scores, isPositive, ascending: true) {
      wins += group.positives * (negatives + group.negatives / 2)
      positives += group.positives
      negatives += group.negatives
    }
    return positives == 0 || negatives == 0 ? .nan : wins / (positives * negatives)
  }
}

/// Average precision, the sum of precisions weighted by the gains in recall: `sum((R_n - R_(n-1)) P_n)` over the
/// thresholds n from the highest score downwards, ties together.
///
/// Of several classes, the mean of each against the rest. A class without examples counts 0, as scikit-learn has it.
public struct AveragePrecision: Metric, CollectedMetric, OneAgainstRest {
  public static let declaration = Declaration(
    "averagePrecision", "average precision; of several classes the mean of one against the rest",
    standard: AveragePrecision(),
    reference: Reference(
      "Davis and Goadrich", 2006, "The relationship between Precision-Recall and ROC curves",
      "https://doi.org/10.1145/1143844.1143874"))
  public static var isGreaterBetter: Bool { true }

  fileprivate var kind: OutputKind?

  public init() {}

  static func area(_ scores: [Double], _ isPositive: [Bool]) -> Double {
    guard !scores.isEmpty, !scores.contains(where: \.isNaN) else { return .nan }
    let all = Double(isPositive.count { $0 })
    guard all > 0 else { return 0 }
    var (positives, seen, area) = (0.0, 0.0, 0.0)
    for group in Ties(scores, isPositive, ascending: false) {
      positives += group.positives
      seen += group.positives + group.negatives
      area += group.positives / all * (positives / seen)
    }
    return area
  }
}

/// How many positive and negative examples have each score, score by score.
private struct Ties: Sequence, IteratorProtocol {
  private let examples: [(score: Double, isPositive: Bool)]
  private var position = 0

  init(_ scores: [Double], _ isPositive: [Bool], ascending: Bool) {
    let pairs = zip(scores, isPositive).map { (score: $0, isPositive: $1) }
    examples = pairs.sorted { ascending ? $0.score < $1.score : $0.score > $1.score }
  }

  mutating func next() -> (positives: Double, negatives: Double)? {
    guard position < examples.count else { return nil }
    let score = examples[position].score
    var (positives, negatives) = (0.0, 0.0)
    while position < examples.count, examples[position].score == score {
      if examples[position].isPositive { positives += 1 } else { negatives += 1 }
      position += 1
    }
    return (positives, negatives)
  }
}

extension [Double] {
  fileprivate var mean: Double { isEmpty ? .nan : reduce(0, +) / Double(count) }
}
