import Configuration

/// Updates plus `lr * w`, for the parameters that `filter` lets through.
///
/// Before everything else in a chain it is the gradient of `rate / 2 * |w|^2` (coupled decay, an L2 penalty);
/// between an adaptive scaling and ``ScaleByLearningRate`` it is decoupled (Loshchilov and Hutter 2019).
public struct WeightDecay: NamedTransform, StatelessTransform, ShardableTransform {
  public static let declaration = Declaration(
    "decay", "adds a multiple of the parameters to the gradients: an L2 penalty", standard: WeightDecay(),
    formula: "g ← g + λw",
    settings: [
      Setting("weightDecay", \.rate, .schedule, "weight decay λ, or a schedule"),
      Setting("exclude", \.filter, .excluding, "regular expressions for parameters that don't decay"),
    ])

  public var rate: any Schedule
  public var filter: PathFilter

  public init(_ rate: any Schedule = 0.0001, filter: PathFilter = .all) {
    self.rate = rate
    self.filter = filter
  }

  public func update(_ updates: TensorTree, context: UpdateContext) -> TensorTree {
    updates.adding(decay: rate, of: context.parameters, filter: filter, context)
  }
}

extension TensorTree {
  /// These updates plus a multiple of the parameters that `filter` lets through; as they are if the multiple is the
  /// constant 0.
  func adding(decay rate: any Schedule, of parameters: TensorTree, filter: PathFilter, _ context: UpdateContext)
    -> TensorTree
  {
    if rate.constant == 0 { return self }
    let decayed = zip(parameters) { $0 + $1 * rate.value(at: context.progress, dtype: $1.dtype) }
    return map { path, update in filter.matches(path) ? decayed[path] ?? update : update }
  }
}

extension [any Transform] {
  /// Adds decay to a chain unless its rate is the constant 0.
  mutating func append(decay rate: any Schedule, filter: PathFilter = .all) {
    if rate.constant == 0 { return }
    append(WeightDecay(rate, filter: filter))
  }
}

extension Chain {
  /// Directions with decoupled weight decay, times the learning rate: `-lr (u + decay w)`.
  init(_ direction: any Transform, decay: any Schedule, filter: PathFilter, learningRate: any Schedule) {
    var chain = [direction]
    chain.append(decay: decay, filter: filter)
    self.init(chain + [ScaleByLearningRate(learningRate)])
  }
}

/// Parameters shrunk by `1 - lr * decay` before another transform sees them, as Keras does.
///
/// It makes a difference to plain decoupled decay where the transform uses the parameters, as ``TrustRatio``
/// does. The output is the whole way, `(w (1 - lr decay) + u) - w`.
public struct DecayFirst: Transform {
  public var decay: any Schedule
  public var rate: any Schedule
  public var filter: PathFilter
  public var next: any Transform

  public init(_ decay: any Schedule, rate: any Schedule, filter: PathFilter = .all, then next: any Transform) {
    self.decay = decay
    self.rate = rate
    self.filter = filter
    self.next = next
  }

  public var learningRate: (any Schedule)? { next.learningRate ?? rate }

  public var unshardable: [any Transform] { next.unshardable }

  public func initial(_ parameters: TensorTree) -> TensorTree { next.initial(parameters) }

  public func update(
    _ updates: TensorTree, state: TensorTree, context: UpdateContext
  ) -> (updates: TensorTree, state: TensorTree) {
    if decay.constant == 0 { return next.update(updates, state: state, context: context) }
    let losses = context.parameters.map { path, parameter in
      guard filter.matches(path) else { return parameter.zerosLike() }
      let factor =
        rate.value(at: context.progress, dtype: parameter.dtype)
        * decay.value(at: context.progress, dtype: parameter.dtype)
      return parameter * factor
    }
    var shrunk = context
    shrunk.parameters = context.parameters.zip(losses, -)
    let step = next.update(updates, state: state, context: shrunk)
    return (step.updates.zip(losses, -), step.state)
  }
}

/// Parameters shrunk as they come out of the update, the last of a chain.
public struct DecayAfter: StatelessTransform, ShardableTransform {
  public enum Form: Sendable, Hashable {
    /// Times `1 - lr * decay`.
    case multiplied
    /// Divided by `1 + lr * decay`: a proximal step (Zhuang et al. 2022, [Understanding AdamW through proximal methods
    /// and scale-freeness](https://arxiv.org/abs/2202.00089)).
    case proximal
  }

  public var decay: any Schedule
  public var rate: any Schedule
  public var form: Form
  public var filter: PathFilter

  public init(_ decay: any Schedule, rate: any Schedule, form: Form, filter: PathFilter = .all) {
    self.decay = decay
    self.rate = rate
    self.form = form
    self.filter = filter
  }

  public func update(_ updates: TensorTree, context: UpdateContext) -> TensorTree {
    if decay.constant == 0 { return updates }
    let shrunk = updates.zip(context.parameters) { update, parameter in
      let (position, progress) = (parameter.upcast, context.progress)
      let part = rate.value(at: progress, dtype: position.dtype) * decay.value(at: progress, dtype: position.dtype)
      let moved = position + update.upcast
      let shrunk = form == .proximal ? moved / (part + 1) : moved * (1 - part)
      return (shrunk - position).cast(to: update.dtype)
    }
    return updates.map { path, update in filter.matches(path) ? shrunk[path] ?? update : update }
  }
}
