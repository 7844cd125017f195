import Configuration

/// The objective that training minimizes: one number per mini-batch, computed from one number per example.
///
/// A loss of your own implements ``perExample(_:_:)``. A modifier of another loss forwards that and implements
/// ``value(sum:count:penalty:)``.
public protocol Loss: Configurable {
  /// How the loss interprets the model's outputs. Metrics and predicted classes interpret them in the same way, and
  /// what doesn't fit is an error. With nil, the default, only shapes are checked.
  var outputKind: OutputKind? { get }

  /// What is recorded if no metrics are named: accuracy for classes, binary accuracy for events, mean absolute error
  /// and R² for values; none without an ``outputKind``.
  var defaultMetrics: [any Metric] { get }

  /// The loss of each example.
  ///
  /// - Parameters:
  ///   - outputs: the model's output for a batch, `[batch, …]`.
  ///   - targets: as the data set has them: class indices, or values of the outputs' shape.
  /// - Returns: `[batch]`; an example with several positions contributes their mean.
  func perExample(_ outputs: Tensor, _ targets: Tensor) -> Tensor

  /// How often a training step computes the outputs of each example, every time with other random draws, dropout's for
  /// one; by default once. A modifier forwards it.
  var passes: Int { get }

  /// The loss of each example from the outputs of all ``passes``; by default that of the first. A modifier forwards it.
  func perExample(passes outputs: [Tensor], _ targets: Tensor) -> Tensor

  /// The loss at a point of training, for a loss with schedules; by default itself. A modifier forwards it.
  func scheduled(at progress: Progress) -> any Loss

  /// The flooding by a level of each example's own that the loss is, or modifies; by default nil. A modifier forwards it.
  var adaptiveFlooding: AdaptivelyFlooded? { get }

  /// The loss of examples with levels of their own, for ``adaptiveFlooding``; by default itself. A modifier forwards it.
  /// - Parameter levels: those of a batch, `[batch]`; nil for the loss without such flooding.
  func flooded(atEach levels: Tensor?) -> any Loss

  /// The terms that the loss is the sum of, each with the same ``passes``, for rules that take their gradients apart; by default
  /// itself alone.
  var terms: [any Loss] { get }

  /// The batch's loss from the sum of its examples' losses; by default their mean plus the penalty.
  ///
  /// To evaluate a data set exactly, independent of its batches, add up sums and counts and call this once.
  /// - Parameters:
  ///   - sum: the (weighted) sum of the examples' losses, a scalar.
  ///   - count: the number of examples (the sum of the weights), a scalar.
  ///   - penalty: what the parameters add, a scalar; see ``Penalty``.
  func value(sum: Tensor, count: Tensor, penalty: Tensor?) -> LossValue
}

extension Loss {
  public func scheduled(at progress: Progress) -> any Loss { self }
  public var passes: Int { 1 }
  public var terms: [any Loss] { [self] }
  public var adaptiveFlooding: AdaptivelyFlooded? { nil }
  public func flooded(atEach levels: Tensor?) -> any Loss { self }
  public func perExample(passes outputs: [Tensor], _ targets: Tensor) -> Tensor { perExample(outputs[0], targets) }
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
  /// - Parameter weights: the weight of each example, `[batch]`; 0 masks the padding of a last batch.
  public func callAsFunction(_ outputs: Tensor, _ targets: Tensor, weights: Tensor?) -> LossValue {
    self(outputs, targets, weights: weights, penalty: nil)
  }

  /// The loss of a batch, including what the parameters add to it.
  public func callAsFunction(
    _ outputs: Tensor, _ targets: Tensor, weights: Tensor?, penalty: Tensor?
  ) -> LossValue {
    let total = total(outputs, targets, weights: weights)
    return value(sum: total.sum, count: total.count, penalty: penalty)
  }

  /// As ``total(_:_:weights:)``, from the outputs of all ``passes``.
  public func total(passes outputs: [Tensor], _ targets: Tensor, weights: Tensor?) -> (sum: Tensor, count: Tensor) {
    perExample(passes: outputs, targets).total(weights: weights)
  }

  /// The sum of the examples' losses and the number of examples, the arguments of ``value(sum:count:penalty:)``.
  public func total(_ outputs: Tensor, _ targets: Tensor, weights: Tensor?) -> (sum: Tensor, count: Tensor) {
    perExample(outputs, targets).total(weights: weights)
  }
}

/// A loss as it is differentiated and as it is reported. Modifiers such as flooding distinguish these.
public struct LossValue: Sendable {
  /// What is differentiated, a scalar.
  public var objective: Tensor
  /// What training reports.
  public var reported: Tensor
  /// What evaluation reports.
  public var evaluated: Tensor

  public init(objective: Tensor, reported: Tensor, evaluated: Tensor) {
    self.objective = objective
    self.reported = reported
    self.evaluated = evaluated
  }

  public init(_ value: Tensor) { self.init(objective: value, reported: value, evaluated: value) }
}

extension Tensor {
  /// `[batch, …]` to `[batch]`: the mean over all other axes.
  func meanOfPositions() -> Tensor { rank > 1 ? mean(Array(1..<rank)) : self }

  /// The weighted sum of `[batch]` numbers, and the sum of the weights. A weight of 0 masks even a NaN.
  func total(weights: Tensor?) -> (sum: Tensor, count: Tensor) {
    guard rank == 1 else {
      let message = "needs one number per example, [batch]"
      let failed =
        diagnostic.map(Tensor.failed) ?? .failed(Diagnostic(operation: "total", message: message, inputs: [type]))
      return (failed, failed)
    }
    if let weights, weights.diagnostic != nil || weights.shape != shape {
      let message = "needs one weight per example, \(shape)"
      let failed = Tensor.failed(
        weights.diagnostic ?? Diagnostic(operation: "total", message: message, inputs: [type, weights.type]))
      return (failed, failed)
    }
    guard let weights else { return (sum(), Tensor(Double(shape.elementCount), dtype: dtype)) }
    let factors = weights.cast(to: dtype)
    return ((replaced(where: factors .== 0, by: 0) * factors).sum(), factors.sum())
  }

  /// A mean from a sum; 0 if there are no examples.
  func divided(byCount count: Tensor) -> Tensor { self / count.replaced(where: count .== 0, by: 1) }

  func adding(_ penalty: Tensor?) -> Tensor { penalty.map { self + $0.cast(to: dtype) } ?? self }

  /// These targets as numbers of the outputs' type and shape; a missing last axis of extent 1 is added.
  func asValues(for outputs: Tensor, operation: String) -> Tensor {
    if let diagnostic = outputs.diagnostic ?? diagnostic { return .failed(diagnostic) }
    guard outputs.dtype.isFloatingPoint,
      shape == outputs.shape || (outputs.shape.last == 1 && shape == Shape(outputs.shape.dropLast()))
    else {
      let message =
        "takes floating-point outputs, and targets of their shape; class indices are for softmaxCrossEntropy and "
        + "accuracy"
      return .failed(Diagnostic(operation: operation, message: message, inputs: [outputs.type, type]))
    }
    return cast(to: outputs.dtype).reshape(to: outputs.shape)
  }
}
