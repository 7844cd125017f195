/// What a model is made of besides its description: parameters, which training changes, and state, which
/// steps update.
public struct ModelVariables: Sendable {
  public var parameters: TensorTree
  public var state: TensorTree

  public init(parameters: TensorTree = TensorTree(), state: TensorTree = TensorTree()) {
    self.parameters = parameters
    self.state = state
  }
}
