/// Where a gradient rule stands.
public struct GradientContext: Sendable {
  public let parameters: TensorTree
  /// The model's state before the step.
  public let modelState: TensorTree
  public let progress: Progress
  /// For rules that draw random numbers; another key each step.
  public let key: Key

  public init(parameters: TensorTree, modelState: TensorTree, progress: Progress, key: Key) {
    self.parameters = parameters
    self.modelState = modelState
    self.progress = progress
    self.key = key
  }
}
