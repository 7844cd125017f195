@_exported import Schedules

/// A step from gradients to updates: scaling, momentum, clipping, decay. An optimizer is a chain of them.
///
/// The last transform's output is added to the parameters, so somewhere in a chain the sign turns: see
/// ``ScaleByLearningRate``.
///
/// Gradients that are NaN give updates that are NaN: of the element, or of all that shares a norm with it. Zero
/// gradients, and parameters of norm zero, never do.
public protocol Transform: Sendable {
  /// The learning rate that updates are scaled by, for logs; nil where there is none. Transforms made of others
  /// pass on theirs.
  var learningRate: (any Schedule)? { get }

  /// The transforms, of those that this one is made of, that can't update shares of parameters: none for a
  /// ``ShardableTransform``.
  var unshardable: [any Transform] { get }

  /// The state before the first step, a tree like any other, so checkpoints come free.
  func initial(_ parameters: TensorTree) -> TensorTree

  /// - Parameters:
  ///   - updates: what came out of the transform before, the gradients for the first.
  ///   - state: what ``initial(_:)`` or the last call returned.
  func update(
    _ updates: TensorTree, state: TensorTree, context: UpdateContext
  ) -> (updates: TensorTree, state: TensorTree)
}

extension Transform {
  public var learningRate: (any Schedule)? { nil }
  public var unshardable: [any Transform] { [self] }
}

/// A transform that gives each element the same update whether it sees whole parameters or, on each of several devices,
/// a share of their elements, in a row. So its state can be sharded.
///
/// It may combine what it has of one element, and use the norms and sums of its ``UpdateContext``; it may not look at
/// shapes, sums of its own or neighbours. Its state consists of tensors of the parameter's shape and of values that are
/// the same for all elements.
public protocol ShardableTransform: Transform {}

extension ShardableTransform {
  public var unshardable: [any Transform] { [] }
}

/// A transform that remembers nothing.
public protocol StatelessTransform: Transform {
  /// The updates that this transform makes of those before it, the gradients for the first.
  func update(_ updates: TensorTree, context: UpdateContext) -> TensorTree
}

extension StatelessTransform {
  public func initial(_ parameters: TensorTree) -> TensorTree { TensorTree() }

  public func update(
    _ updates: TensorTree, state: TensorTree, context: UpdateContext
  ) -> (updates: TensorTree, state: TensorTree) {
    (update(updates, context: context), state)
  }
}

/// What an update may depend on besides gradients and its own state.
public struct UpdateContext: Sendable {
  /// The parameters the gradients were taken for, before the update.
  public internal(set) var parameters: TensorTree
  public let progress: Progress
  /// For transforms that draw random numbers; another key each step.
  public let key: Key
  /// The mini-batch's loss.
  public let loss: Tensor
  /// The optimizer's ``Transform/learningRate``, for averages whose weights depend on it.
  public let learningRate: (any Schedule)?
  /// How the loss curves, if the gradient rule estimates it.
  public internal(set) var curvature: Curvature?
  /// Present if updates and ``parameters`` are a device's shares.
  var shares: ParameterShares?

  public init(
    parameters: TensorTree, progress: Progress, key: Key, loss: Tensor, learningRate: (any Schedule)? = nil,
    curvature: Curvature? = nil
  ) {
    self.curvature = curvature
    self.parameters = parameters
    self.progress = progress
    self.key = key
    self.loss = loss
    self.learningRate = learningRate
  }
}

/// A transform that treats each parameter by itself, with named slots for what it remembers.
public protocol ParameterwiseTransform: Transform {
  /// Sets the slots of a parameter before the first step.
  func initial(_ parameter: Tensor, slots: inout Slots)

  /// - Parameters:
  ///   - update: what came out of the transform before, of the parameter's shape.
  ///   - parameter: the parameter before the step.
  ///   - slots: what `initial(_:slots:)` or the last call set.
  func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor
}

extension ParameterwiseTransform {
  public func initial(_ parameter: Tensor, slots: inout Slots) {}

  public func initial(_ parameters: TensorTree) -> TensorTree {
    var slots = Slots(path: "", state: TensorTree())
    for (path, parameter) in parameters.pairs {
      slots.path = path
      initial(parameter, slots: &slots)
    }
    return slots.state
  }

  public func update(
    _ updates: TensorTree, state: TensorTree, context: UpdateContext
  ) -> (updates: TensorTree, state: TensorTree) {
    var slots = Slots(path: "", state: state)
    let updates = updates.map { path, update in
      guard let parameter = context.parameters[path] else {
        return .failed(Diagnostic(operation: "update", message: "there is no parameter '\(path)' to update"))
      }
      slots.path = path
      return self.update(update, of: parameter, slots: &slots, context: context)
    }
    return (updates, slots.state)
  }
}

/// What a transform remembers of one parameter: named tensors in the transform's state.
///
/// The slot `velocity` of the parameter `dense/kernel` is at `velocity/dense/kernel`.
public struct Slots: Sendable {
  /// The parameter the slots are of.
  public internal(set) var path: String
  var state: TensorTree

  /// The slot's tensor. One that ``ParameterwiseTransform/initial(_:slots:)`` didn't set fails when evaluated.
  public subscript(name: String) -> Tensor {
    get {
      state["\(name)/\(path)"]
        ?? .failed(
          Diagnostic(operation: "slot", message: "the state has no '\(name)/\(path)', only \(state.paths)"))
    }
    set { state["\(name)/\(path)"] = newValue }
  }

  /// Begins slots at zero, in the parameter's shape and its accumulation type.
  public mutating func setZeros(_ names: String..., like parameter: Tensor) {
    for name in names { self[name] = parameter.upcast.zerosLike() }
  }

  /// Moves a slot towards a value, and returns it: `slot' = keeping * slot + (1 - keeping) * value`.
  public mutating func updateMean(_ name: String, with value: Tensor, keeping: Double) -> Tensor {
    updateMean(name, with: value, keeping: Coefficient(keeping))
  }

  /// The same with the present value of a schedule.
  public mutating func updateMean(_ name: String, with value: Tensor, keeping: Coefficient) -> Tensor {
    self[name] = self[name].runningMean(value, keeping: keeping)
    return self[name]
  }
}

/// Transforms one after the other.
public struct Chain: Transform {
  public let transforms: [any Transform]

  public init(_ transforms: [any Transform]) { self.transforms = transforms }

  /// The first that one of the transforms has.
  public var learningRate: (any Schedule)? { transforms.lazy.compactMap(\.learningRate).first }

  public var unshardable: [any Transform] { transforms.flatMap(\.unshardable) }

  public func initial(_ parameters: TensorTree) -> TensorTree {
    transforms.enumerated().reduce(TensorTree()) { tree, entry in
      tree.merging(entry.element.initial(parameters).nested(under: "\(entry.offset)"))
    }
  }

  public func update(
    _ updates: TensorTree, state: TensorTree, context: UpdateContext
  ) -> (updates: TensorTree, state: TensorTree) {
    transforms.enumerated().reduce((updates, TensorTree())) { result, entry in
      let name = "\(entry.offset)"
      let step = entry.element.update(result.0, state: state[under: name], context: context)
      return (step.updates, result.1.merging(step.state.nested(under: name)))
    }
  }
}

/// Transforms one after the other.
public func chain(_ transforms: any Transform...) -> Chain { Chain(transforms) }

/// Updates times the learning rate, with the sign turned.
///
/// Where it stands in a chain matters when the learning rate changes: before ``MomentumTrace`` a velocity keeps the
/// rates its gradients came with (Keras), after it the whole velocity takes the new rate (PyTorch).
public struct ScaleByLearningRate: StatelessTransform, ShardableTransform {
  public var rate: any Schedule

  public init(_ rate: any Schedule) { self.rate = rate }

  public var learningRate: (any Schedule)? { rate }

  public func update(_ updates: TensorTree, context: UpdateContext) -> TensorTree {
    var factors: [DType: Tensor] = [:]
    return updates.mapValues { update in
      let factor = factors[update.dtype] ?? -rate.value(at: context.progress, dtype: update.dtype)
      factors[update.dtype] = factor
      return update * factor
    }
  }
}

/// No update at the first step, for methods whose first gradient only begins their moments.
struct FirstStepSkipped: StatelessTransform, ShardableTransform {
  func update(_ updates: TensorTree, context: UpdateContext) -> TensorTree {
    let isFirst = context.progress.step .== 0
    return updates.mapValues { $0.replaced(where: isFirst, by: 0) }
  }
}
