import Configuration

/// What training reports besides the loss: a number for each example, whose mean is reported.
///
/// A metric gives sums and counts, so that the mean over a data set is exact whatever its batches.
public protocol Metric: Catalogued {
  /// Each example's number, `[batch]`; arguments as a ``Loss`` takes them.
  func perExample(_ outputs: Tensor, _ targets: Tensor) -> Tensor
}

extension Metric {
  /// The sum over a batch, and the number of examples.
  ///
  /// - Parameter weights: how much each example counts, `[batch]`: 0 masks the padding of a last batch out.
  public func callAsFunction(
    _ outputs: Tensor, _ targets: Tensor, weights: Tensor?
  ) -> (sum: Tensor, count: Tensor) {
    perExample(outputs, targets).total(weights: weights)
  }
}
