import Configuration

/// What training reports besides the loss.
///
/// A metric gives sums over a batch, which are added up over a data set, and the number that follows from them, so
/// that it is exact whatever the batches. A mean of the examples' numbers is an ``AveragedMetric``.
public protocol Metric: Catalogued {
  /// Whether greater values are better, as of an accuracy. By default those are whose name says accuracy.
  static var isGreaterBetter: Bool { get }

  /// What a batch adds to the sums, `[n]`; arguments as a ``Loss`` takes them.
  ///
  /// - Parameter weights: how much each example counts, `[batch]`: 0 masks the padding of a last batch out.
  func sums(_ outputs: Tensor, _ targets: Tensor, weights: Tensor?) -> Tensor

  /// The metric of all that was summed.
  func value(ofSums sums: [Double]) -> Double

  /// The metric for outputs of a kind: what it leaves open is as the loss reads outputs.
  func reading(_ kind: OutputKind?) -> Self

  /// Why the metric can't be taken; nil if it can.
  ///
  /// - Parameters:
  ///   - kind: what the loss takes the outputs for; nil where it doesn't say.
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

/// A metric that is the mean of a number for each example.
public protocol AveragedMetric: Metric {
  /// Each example's number, `[batch]`; arguments as a ``Loss`` takes them.
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

/// How metrics are called where they are recorded.
public enum RecordedMetric {
  /// The columns of a loss and metrics in their order. The second metric of a name, top-k of another k say, is `name_2`.
  public static func names(_ metrics: [any Metric]) -> [String] {
    var counts: [String: Int] = [:]
    return (["loss"] + metrics.map { type(of: $0).name }).map { name in
      counts[name, default: 0] += 1
      return counts[name] == 1 ? name : "\(name)_\(counts[name, default: 0])"
    }
  }

  /// Whether greater values of a column are better: of `val_accuracy`, `r2` or `topKAccuracy_2`, not of `loss`.
  public static func isGreaterBetter(_ column: String) -> Bool {
    let name = (column.hasPrefix("val_") ? String(column.dropFirst(4)) : column).replacing(#/_[0-9]+$/#, with: "")
    return Catalog<any Metric>.all.type(named: name).flatMap { $0 as? any Metric.Type }?.isGreaterBetter
      ?? name.lowercased().contains("accuracy")
  }
}
