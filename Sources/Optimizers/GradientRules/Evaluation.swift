/// What one pass over a mini-batch gives.
public struct Evaluation: Sendable {
  /// The loss the gradients belong to, a scalar.
  public var loss: Tensor
  /// The gradients, a tree like the parameters.
  public var gradients: TensorTree
  /// The model's state after the pass: running statistics.
  public var state: TensorTree
  /// What is reported of the batch: names to scalars.
  public var metrics: TensorTree

  public init(loss: Tensor, gradients: TensorTree, state: TensorTree, metrics: TensorTree) {
    self.loss = loss
    self.gradients = gradients
    self.state = state
    self.metrics = metrics
  }
}
