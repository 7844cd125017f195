/// All that a step changes: parameters, the model's state, and what each slot remembers.
///
/// The state is one tree, so a program takes and returns it as a list, and checkpoints store it as it is.
public struct TrainingState: Sendable {
  public var tree: TensorTree

  public init(_ variables: ModelVariables, method: Method) {
    let parameters = variables.parameters
    tree = parameters.nested(under: "parameters")
    tree.merge(variables.state.nested(under: "state"))
    tree.merge(method.optimizer.initial(parameters).nested(under: "optimizer"))
    tree.merge(method.gradientRule.initial(parameters).nested(under: "rule"))
    tree.merge(method.averaging.initial(parameters).nested(under: "averaging"))
    if method.averaging.statistics == .estimated {
      tree.merge(variables.state.nested(under: Self.averagedStateName))
    }
  }

  static let averagedStateName = "averagedState"

  init(tree: TensorTree) { self.tree = tree }

  public var parameters: TensorTree { tree[under: "parameters"] }
  public var modelState: TensorTree { tree[under: "state"] }
  var optimizer: TensorTree { tree[under: "optimizer"] }
  var rule: TensorTree { tree[under: "rule"] }
  var averaging: TensorTree { tree[under: "averaging"] }
  /// The model's state for the averaged parameters, where it is estimated for them.
  var averagedState: TensorTree { tree[under: Self.averagedStateName] }

  /// The same values in memory that no step takes over.
  /// - Throws: `EngineError`, also if a step has taken over this state's own memory already.
  public func copy() throws -> TrainingState { TrainingState(tree: try tree.copied()) }

  /// The variables to evaluate and keep: averaged, where the method averages.
  func variables(_ averaging: any Averaging) -> ModelVariables {
    ModelVariables(
      parameters: averaging.averaged(parameters, state: self.averaging),
      state: averaging.statistics == .estimated ? averagedState : modelState)
  }

  /// The same paths with other parts, in the order of `tree`, whatever order the parts come in.
  func replacing(
    parameters: TensorTree, state: TensorTree, optimizer: TensorTree, rule: TensorTree, averaging: TensorTree
  ) -> TrainingState {
    var parts = parameters.nested(under: "parameters").merging(averagedState.nested(under: Self.averagedStateName))
    for (name, part) in [("state", state), ("optimizer", optimizer), ("rule", rule), ("averaging", averaging)] {
      parts.merge(part.nested(under: name))
    }
    return TrainingState(tree: tree.zip(parts) { $1 })
  }
}
