/// What one pass over a mini-batch, or a part of it, gives.
public struct Evaluation: Sendable {
  /// The loss the gradients belong to, a scalar.
  public var loss: Tensor
  /// The gradients, a tree like the parameters.
  public var gradients: TensorTree
  /// The model's state after the pass: running statistics.
  public var state: TensorTree
  /// What is reported of the batch besides the loss: names to sums and counts, which parts of a batch add up.
  public var metrics: TensorTree
  /// The loss to report, a mean over the examples; modifiers such as flooding tell it from ``loss``.
  public var reported: Tensor
  /// What the examples weigh together, a scalar; nil where each weighs 1.
  public var weight: Tensor?

  /// - Parameter reported: `loss` by default.
  public init(
    loss: Tensor, gradients: TensorTree, state: TensorTree, metrics: TensorTree, reported: Tensor? = nil,
    weight: Tensor? = nil
  ) {
    self.loss = loss
    self.gradients = gradients
    self.state = state
    self.metrics = metrics
    self.reported = reported ?? loss
    self.weight = weight
  }
}
