import Configuration

/// What training makes small: a number for each mini-batch, made of one for each example.
///
/// A loss of your own implements ``perExample(_:_:)``. A modifier of another loss passes that on and
/// implements ``value(sum:count:penalty:)``.
public protocol Loss: Catalogued {
  /// What the loss takes outputs for, so that metrics and predicted classes read them likewise and what doesn't fit is
  /// an error. Nil, the default, where a loss doesn't say: then only shapes are checked.
  var outputKind: OutputKind? { get }

  /// What is recorded where no metrics are named: accuracy of classes, binary accuracy of events, mean absolute error
  /// and R² of values; none where the loss doesn't say what it reads.
  var defaultMetrics: [any Metric] { get }

  /// Each example's loss.
  ///
  /// - Parameters:
  ///   - outputs: the model's output for a batch, `[batch, …]`.
  ///   - targets: as the data set has them: class indices, or values of the outputs' shape.
  /// - Returns: `[batch]`; an example of several positions has their mean.
  func perExample(_ outputs: Tensor, _ targets: Tensor) -> Tensor

  /// The loss as it is at a point of training, for one with schedules: itself by default. A modifier passes it on.
  func scheduled(at progress: Progress) -> any Loss

  /// The batch's loss from the sum of its examples'; by default their mean, plus the penalty.
  ///
  /// To evaluate a data set exactly, whatever its batches, add up sums and counts and call this once.
  /// - Parameters:
  ///   - sum: the (weighted) sum of the examples' losses, a scalar.
  ///   - count: the number of examples (the sum of the weights), a scalar.
  ///   - penalty: what the parameters add, a scalar; see ``Penalty``.
  func value(sum: Tensor, count: Tensor, penalty: Tensor?) -> LossValue
}

extension Loss {
  public func scheduled(at progress: Progress) -> any Loss { self }
  public var outputKind: OutputKind? { nil }

  public var defaultMetrics: [any Metric] {
    switch outputKind {
    case .classLogits, .classProbabilities, .classLogProbabilities: [Accuracy()]
    case .eventLogits, .eventProbabilities: [BinaryAccuracy()]
    case .values: [MeanAbsoluteError(), R2()]
    case nil: []
    }
  }

  public func value(sum: Tensor, count: Tensor, penalty: Tensor?) -> LossValue {
    LossValue(sum.divided(byCount: count).adding(penalty))
  }

  /// The loss of a batch.
  ///
  /// - Parameter weights: how much each example counts, `[batch]`: 0 masks the padding of a last batch out.
  public func callAsFunction(_ outputs: Tensor, _ targets: Tensor, weights: Tensor?) -> LossValue {
    self(outputs, targets, weights: weights, penalty: nil)
  }

  /// The loss of a batch, with what the parameters add to it.
  public func callAsFunction(
    _ outputs: Tensor, _ targets: Tensor, weights: Tensor?, penalty: Tensor?
  ) -> LossValue {
    let total = total(outputs, targets, weights: weights)
    return value(sum: total.sum, count: total.count, penalty: penalty)
  }

  /// The sum of the examples' losses and the number of examples: what ``value(sum:count:penalty:)`` takes.
  public func total(_ outputs: Tensor, _ targets: Tensor, weights: Tensor?) -> (sum: Tensor, count: Tensor) {
    perExample(outputs, targets).total(weights: weights)
  }
}
