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

extension TrainingState {
  /// Several states as one with a leading axis; a single one stays as it is.
  static func stacked(_ states: [TrainingState]) throws -> TrainingState {
    guard states.count > 1 else { return states[0] }
    let tree = states[0].tree.map { path, _ in Tensor.stack(states.compactMap { $0.tree[path] }) }
    return TrainingState(tree: try tree.evaluate())
  }

  /// The states that ``stacked(_:)`` put together, each in memory of its own.
  func members(_ count: Int) throws -> [TrainingState] {
    guard count > 1 else { return [self] }
    let parts = (0..<count).map { member in tree.tensors.map { $0[member] } }
    let computed = try Tensor.evaluate(parts.flatMap(\.self))
    return (0..<count).map { member in
      TrainingState(tree: tree.with(computed[member * tree.count..<(member + 1) * tree.count]))
    }
  }
}

extension TensorTree {
  /// The same values in other memory: programs take over the memory of what they change.
  func copied() throws -> TensorTree { try mapValues { Tensor(try Tensor($0.buffer().read()).buffer()) } }

  /// Each tensor in memory of its own.
  func unaliased() throws -> TensorTree {
    var seen: Set<ObjectIdentifier> = []
    return try mapValues { tensor in
      let buffer = try tensor.buffer()
      return seen.insert(ObjectIdentifier(buffer)).inserted ? tensor : Tensor(try Tensor(buffer.read()).buffer())
    }
  }
}

extension Tensor {
  /// On the device, so that programs for different values share their text and are compiled once.
  func hidden() throws -> Tensor { Tensor(try buffer()) }
}
