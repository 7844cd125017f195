@_exported import Schedules

/// What an update may depend on besides gradients and its own state.
public struct UpdateContext: Sendable {
  /// The parameters the gradients were taken for, before the update.
  public let parameters: TensorTree
  public let progress: Progress
  /// For transforms that draw random numbers; another key each step.
  public let key: Key
  /// The mini-batch's loss.
  public let loss: Tensor

  public init(parameters: TensorTree, progress: Progress, key: Key, loss: Tensor) {
    self.parameters = parameters
    self.progress = progress
    self.key = key
    self.loss = loss
  }
}
