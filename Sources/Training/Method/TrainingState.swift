/// Everything a step changes: parameters, the model's state, and the memory of each slot.
///
/// The state is one tree, so programs take and return it as a list of tensors, and checkpoints store it unchanged.
public struct TrainingState: Sendable {
  public var tree: TensorTree

  public init(_ variables: ModelVariables, method: Method) {
    tree = variables.parameters.nested(under: "parameters")
    let parameters = method.trained(variables.parameters)
    tree.merge(variables.state.nested(under: "state"))
    tree.merge(method.optimizer.transform.initial(parameters).nested(under: "optimizer"))
    tree.merge(method.gradientRule.initial(parameters).nested(under: "rule"))
    tree.merge(method.averaging.initial(parameters).nested(under: "averaging"))
    if method.averaging.statistics == .estimated {
      tree.merge(variables.state.nested(under: Self.averagedStateName))
    }
    tree.merge(StepGuard.initial(method))
    if method.adjustsLearningRate { tree[Self.learningRateScaleName] = Tensor([1 as Float], shape: []) }
  }

  static let learningRateScaleName = "learningRateScale"

  static let averagedStateName = "averagedState"

  init(tree: TensorTree) { self.tree = tree }

  public var parameters: TensorTree { tree[under: "parameters"] }
  public var modelState: TensorTree { tree[under: "state"] }
  var optimizer: TensorTree { tree[under: "optimizer"] }
  var rule: TensorTree { tree[under: "rule"] }
  var averaging: TensorTree { tree[under: "averaging"] }
  /// The model's state for the averaged parameters, if it is estimated separately.
  var averagedState: TensorTree { tree[under: Self.averagedStateName] }

  /// The same values in memory that no step takes over.
  /// - Throws: `EngineError`, also if a step has already taken over this state's memory.
  public func copy() throws -> TrainingState { TrainingState(tree: try tree.copied()) }

  /// What callbacks have multiplied the learning rate by, a scalar; nil if they can't.
  var learningRateScale: Tensor? { tree[Self.learningRateScaleName] }

  /// The variables to evaluate and keep: averaged if the method averages.
  func variables(_ method: Method) -> ModelVariables {
    let averaged = method.averaging.averaged(method.trained(parameters), state: averaging)
    return ModelVariables(
      parameters: method.freeze == nil ? averaged : parameters.replaced(by: averaged),
      state: method.averaging.statistics == .estimated ? averagedState : modelState)
  }

  /// The same paths with new parts, in the order of `tree`, whatever the order of the parts.
  func replacing(
    parameters: TensorTree, state: TensorTree, optimizer: TensorTree, rule: TensorTree, averaging: TensorTree
  ) -> TrainingState {
    var parts = parameters.nested(under: "parameters").merging(averagedState.nested(under: Self.averagedStateName))
    for (name, part) in [("state", state), ("optimizer", optimizer), ("rule", rule), ("averaging", averaging)] {
      parts.merge(part.nested(under: name))
    }
    parts[Self.learningRateScaleName] = learningRateScale
    parts.merge(StepGuard.part(of: tree))
    return TrainingState(tree: tree.zip(parts) { $1 })
  }

  /// The same paths with other tensors, in the order of `tree`.
  func with(_ tensors: [Tensor]) -> TrainingState { TrainingState(tree: tree.with(tensors)) }

  // MARK: - Several states as one

  /// The members' states with a leading axis; a single state stays as it is.
  static func stacked(_ states: Members<TrainingState>) throws -> TrainingState {
    if states.isSingle { return states.first }
    let tree = states.first.tree.map { path, _ in Tensor.stack(states.all.compactMap { $0.tree[path] }) }
    return TrainingState(tree: try tree.evaluate())
  }

  /// The states that ``stacked(_:)`` joined, each in memory of its own.
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
  /// These tensors in the order of `expected`.
  /// - Throws: ``TrainingError`` if paths or types aren't those of `expected`.
  func checked(against expected: TensorTree) throws(TrainingError) -> TensorTree {
    let missing = expected.paths.filter { self[$0] == nil }
    let unexpected = paths.filter { expected[$0] == nil }
    guard missing.isEmpty, unexpected.isEmpty else { throw .differentModel(missing: missing, unexpected: unexpected) }
    var checked = TensorTree()
    for (path, tensor) in expected.pairs {
      guard let value = self[path] else { continue }
      guard value.type == tensor.type || value.diagnostic != nil else {
        throw .differentType(
          path: path, expected: "\(tensor.dtype)\(tensor.shape)", actual: "\(value.dtype)\(value.shape)")
      }
      checked[path] = value
    }
    return checked
  }

  /// The same values in other memory: programs take over the memory of what they change. What is on several devices stays
  /// there.
  func copied() throws -> TensorTree { try mapValues { try Tensor(perDevice: $0.perDevice()) } }

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
  /// The value in device memory, so that programs for different values have the same text and are compiled once.
  func onDevice() throws -> Tensor { Tensor(try buffer()) }
}
