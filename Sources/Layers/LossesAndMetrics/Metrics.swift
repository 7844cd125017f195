import Configuration

/// What training reports besides the loss.
///
/// A metric computes sums over a batch, which are added up over a data set, and the number that follows from them, so
/// that it is exact whatever the batches. An ``AveragedMetric`` is a mean of one number per example.
public protocol Metric: Configurable {
  /// Whether greater values are better. By default, they are if the name contains "accuracy".
  static var isGreaterBetter: Bool { get }

  /// A batch's contribution to the sums, `[n]`; arguments are those of a ``Loss``.
  ///
  /// - Parameter weights: the weight of each example, `[batch]`; 0 masks the padding of a last batch.
  func sums(_ outputs: Tensor, _ targets: Tensor, weights: Tensor?) -> Tensor

  /// The metric of everything summed.
  func value(ofSums sums: [Double]) -> Double

  /// The metric for outputs of a kind: what it leaves open is as the loss interprets outputs.
  func reading(_ kind: OutputKind?) -> Self

  /// Why the metric doesn't apply; nil if it does.
  ///
  /// - Parameters:
  ///   - kind: how the loss interprets the outputs; nil if it doesn't say.
  ///   - outputs: the shape of an example's outputs.
  func incompatibility(_ kind: OutputKind?, outputs: Shape, targets: TargetDescription) -> Incompatibility?
}

extension Metric {
  public static var isGreaterBetter: Bool { name.lowercased().contains("accuracy") }
  public func reading(_ kind: OutputKind?) -> Self { self }
  public func incompatibility(
    _ kind: OutputKind?, outputs: Shape, targets: TargetDescription
  ) -> Incompatibility? { nil }
}

/// A metric that is the mean of one number per example.
public protocol AveragedMetric: Metric {
  /// Each example's number, `[batch]`; arguments are those of a ``Loss``.
  func perExample(_ outputs: Tensor, _ targets: Tensor) -> Tensor
}

extension AveragedMetric {
  /// The sum over a batch, and the number of examples.
  public func sums(_ outputs: Tensor, _ targets: Tensor, weights: Tensor?) -> Tensor {
    let total = perExample(outputs, targets).total(weights: weights)
    return Tensor.stack([total.sum, total.count.cast(to: total.sum.dtype)])
  }

  public func value(ofSums sums: [Double]) -> Double { sums[0] / sums[1] }
}

/// The names of metrics in records.
public enum RecordedMetric {
  /// The columns of a loss and metrics, in order. The second metric of the same name, such as top-k with another k, is
  /// `name_2`.
  public static func names(_ metrics: [any Metric]) -> [String] {
    var counts: [String: Int] = [:]
    return (["loss"] + metrics.map { type(of: $0).name }).map { name in
      counts[name, default: 0] += 1
      return counts[name] == 1 ? name : "\(name)_\(counts[name, default: 0])"
    }
  }

  /// Whether greater values of a column are better: of `val_accuracy`, `r2`, `topKAccuracy_2` or `val_ema_accuracy`, but not
  /// of `loss`.
  public static func isGreaterBetter(_ column: String) -> Bool {
    let name = column.replacing(#/_[0-9]+$/#, with: "").replacing(#/^val_([a-zA-Z0-9]+_)?/#, with: "")
    return Registry<any Metric>.all.type(named: name).flatMap { $0 as? any Metric.Type }?.isGreaterBetter
      ?? name.lowercased().contains("accuracy")
  }
}

/// The share of examples whose greatest output is the target's class. Of equal outputs, the first counts.
public struct Accuracy: Metric, AveragedMetric {
  public static let declaration = Declaration(
    "accuracy", "share of examples whose greatest output is the target's class", standard: Accuracy())

  public init() {}

  public func perExample(_ outputs: Tensor, _ targets: Tensor) -> Tensor {
    let classes = targets.asClasses(for: outputs, operation: Self.name)
    return (outputs.argMax() .== classes).cast(to: outputs.dtype).meanOfPositions()
  }

  public func incompatibility(
    _ kind: OutputKind?, outputs: Shape, targets: TargetDescription
  ) -> Incompatibility? { mismatchOfClasses(kind, outputs: outputs, targets: targets) }
}

/// The share of examples whose target's class is among the `k` greatest outputs.
///
/// Classes with equal outputs rank by index, as in a stable sort, so that constant outputs don't count as correct.
public struct TopKAccuracy: Metric, AveragedMetric {
  public static let declaration = Declaration(
    "topKAccuracy", "share of examples whose target's class is among the k greatest outputs",
    standard: TopKAccuracy(),
    settings: [Setting("k", \.k, .integer(in: 1...1_000_000), "number k of outputs that count")])

  public var k: Int

  public init(k: Int = 5) { self.k = k }

  public func perExample(_ outputs: Tensor, _ targets: Tensor) -> Tensor {
    let classes = targets.asClasses(for: outputs, operation: Self.name)
    if classes.diagnostic != nil { return classes }
    let count = outputs.shape.last
    let isTarget = classes.oneHot(count, dtype: .bool)
    let chosen = (outputs.replaced(where: .!isTarget, by: 0)).sum([-1], keepDims: true)
    let index = classes.expand(at: -1).broadcast(to: outputs.shape)
    let isEarlier = Tensor.iota(outputs.shape, axis: -1) .< index
    let isAhead = (outputs .> chosen) .| ((outputs .== chosen) .& isEarlier) .| (outputs .!= outputs)
    let rank = isAhead.cast(to: .int32).sum([-1])
    let isKnown = (classes .>= 0) .& (classes .< Double(count))
    return ((rank .< Double(k)) .& isKnown).cast(to: outputs.dtype).meanOfPositions()
  }

  public func incompatibility(
    _ kind: OutputKind?, outputs: Shape, targets: TargetDescription
  ) -> Incompatibility? {
    if let mismatch = mismatchOfClasses(kind, outputs: outputs, targets: targets) { return mismatch }
    guard k >= outputs.last ?? 1 else { return nil }
    return Incompatibility(
      "the metric '\(Self.name)' with k = \(k)", with: "a model with \(outputs.last ?? 1) outputs",
      remedy: "every class is among them: choose a smaller k")
  }
}

extension Tensor {
  /// These targets as class indices (int32): unchanged, or the index of the greatest along the last axis.
  func asClasses(for outputs: Tensor, operation: String) -> Tensor {
    if let diagnostic = outputs.diagnostic ?? diagnostic { return .failed(diagnostic) }
    if outputs.rank >= 2 {
      if dtype.isInteger, shape == Shape(outputs.shape.dropLast()) { return cast(to: .int32) }
      if shape == outputs.shape { return argMax() }
    }
    return .failed(
      Diagnostic(
        operation: operation,
        message: "takes outputs [batch, …, classes], and targets that are integer class indices or have their shape",
        inputs: [outputs.type, type]))
  }
}

/// The share of outputs that lie on the same side of a threshold as their 0/1 target; an example with several outputs
/// contributes their mean.
///
/// Unless set, the threshold follows from how the loss interprets the outputs: 0 for logits, 0.5 for probabilities. With
/// any other loss, set a threshold.
public struct BinaryAccuracy: Metric, AveragedMetric {
  /// What the outputs are.
  public enum Outputs: String, Sendable, CaseIterable {
    /// As the loss interprets them.
    case loss
    case logits, probabilities
  }

  public static let declaration = Declaration(
    "binaryAccuracy", "share of outputs on the same side of a threshold as their 0/1 target",
    standard: BinaryAccuracy(),
    settings: [
      Setting("of", \.outputs, .word, "what the outputs are, or as the loss interprets them"),
      Setting(
        "threshold", \.threshold, .optional(.number, none: "automatic", standing: 0.5),
        "outputs above it count as 1; automatic is 0.5 for probabilities and 0 for logits"),
    ])

  public var outputs: Outputs
  /// Outputs above it count as 1; nil for the usual threshold of ``outputs``.
  public var threshold: Double?

  public init(of outputs: Outputs = .loss, threshold: Double? = nil) {
    (self.outputs, self.threshold) = (outputs, threshold)
  }

  public func reading(_ kind: OutputKind?) -> BinaryAccuracy {
    guard outputs == .loss, threshold == nil else { return self }
    return switch kind {
    case .eventLogits: BinaryAccuracy(of: .logits)
    case .eventProbabilities: BinaryAccuracy(of: .probabilities)
    case .values, .classLogits, .classProbabilities, .classLogProbabilities, nil: self
    }
  }

  public func perExample(_ outputs: Tensor, _ targets: Tensor) -> Tensor {
    let targets = targets.asValues(for: outputs, operation: Self.name)
    let usual: Double? =
      switch self.outputs {
      case .loss: nil
      case .logits: OutputKind.eventLogits.threshold
      case .probabilities: OutputKind.eventProbabilities.threshold
      }
    guard let threshold = threshold ?? usual else {
      return .failed(
        targets.diagnostic
          ?? Diagnostic(
            operation: Self.name, message: "needs to know what the outputs are: logits, probabilities, or a threshold",
            inputs: [outputs.type]))
    }
    return (((outputs .> threshold) .== (targets .> 0.5))).cast(to: outputs.dtype).meanOfPositions()
  }

  public func incompatibility(
    _ kind: OutputKind?, outputs: Shape, targets: TargetDescription
  ) -> Incompatibility? {
    if let kind, threshold == nil {
      if kind.isOfClasses { return mismatch("a loss of \(kind.text)", "accuracy fits classes") }
      let own: OutputKind? =
        self.outputs == .logits ? .eventLogits : self.outputs == .probabilities ? .eventProbabilities : nil
      if kind.isOfEvents, let own, own != kind {
        return Incompatibility(
          "the metric '\(Self.name)' of \(own.text)", with: "a loss of \(kind.text)",
          remedy: "leave 'of' out, or let both agree")
      }
    }
    if reading(kind).outputs == .loss, threshold == nil {
      return mismatch(
        kind.map { "a loss of \($0.text)" } ?? "a loss that doesn't say what outputs are",
        "write binaryAccuracy(threshold: 0.5) if outputs of 0.5 and more mean yes")
    }
    guard targets.areValues(for: outputs), targets.areProbabilities else {
      return mismatch(
        "outputs of the shape \(outputs) and \(targets.text)",
        targets.areClassIndices(for: outputs) ? "accuracy fits class indices" : "it needs a 0 or 1 for each output")
    }
    return nil
  }
}

/// The coefficient of determination: 1 for perfect outputs, 0 for outputs no better than the targets' mean, negative
/// for worse ones.
///
/// `1 - sum((t - y)²)/sum((t - mean(t))²)` for each output along the last axis, averaged over the outputs, as
/// scikit-learn's `r2_score` by default. An output whose targets are all equal scores 1 if it is exact, otherwise 0.
/// Sums are in double precision, because the spread of the targets is a small difference of large numbers.
public struct R2: Metric {
  public static let declaration = Declaration(
    "r2", "coefficient of determination R², averaged over outputs", standard: R2())
  public static var isGreaterBetter: Bool { true }

  public init() {}

  /// The number of targets per output, then for each output the sums of targets, squared targets and squared errors:
  /// `float64[1 + 3·outputs]`.
  public func sums(_ outputs: Tensor, _ targets: Tensor, weights: Tensor?) -> Tensor {
    let targets = targets.asValues(for: outputs, operation: Self.name)
    if targets.diagnostic != nil { return targets }
    let columns = outputs.rank > 1 ? outputs.shape.last : 1
    let shape: Shape = [outputs.shape[0], outputs.shape.dropFirst().reduce(1, *) / Swift.max(1, columns), columns]
    let (y, t) = (outputs.cast(to: .float64).reshape(to: shape), targets.cast(to: .float64).reshape(to: shape))
    let factors = (weights?.cast(to: .float64) ?? Tensor.ones([shape[0]], dtype: .float64)).reshape(to: [
      shape[0], 1, 1,
    ])
    // A weight of 0 masks even a NaN.
    func sum(_ numbers: Tensor) -> Tensor {
      (numbers.replaced(where: (factors .== 0).broadcast(to: shape), by: 0) * factors).sum([0, 1])
    }
    let count = factors.sum() * Double(shape[1])
    return Tensor.concatenate([count.expand(at: 0), sum(t), sum(t.squared()), sum((t - y).squared())])
  }

  public func value(ofSums sums: [Double]) -> Double {
    let columns = (sums.count - 1) / 3
    guard columns > 0, sums[0] > 0 else { return .nan }
    let scores = (0..<columns).map { column in
      let (sum, squares, residual) = (sums[1 + column], sums[1 + columns + column], sums[1 + 2 * columns + column])
      let spread = squares - sum * sum / sums[0]
      // Rounding gives equal targets a tiny spread.
      guard spread > squares * 1e-14 else { return residual == 0 ? 1 : residual.isNaN ? .nan : 0 }
      return 1 - residual / spread
    }
    return scores.reduce(0, +) / Double(columns)
  }

  public func incompatibility(
    _ kind: OutputKind?, outputs: Shape, targets: TargetDescription
  ) -> Incompatibility? { mismatchOfValues(kind, outputs: outputs, targets: targets) }
}
