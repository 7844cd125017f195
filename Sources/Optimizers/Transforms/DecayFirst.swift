/// Parameters shrunk by `1 - rate * decay` before another transform sees them, as Keras does.
///
/// It makes a difference to plain decoupled decay where the transform uses the parameters, as ``TrustRatio``
/// does. The output is the whole way, `(w (1 - rate decay) + u) - w`.
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

  public func initial(_ parameters: TensorTree) -> TensorTree { next.initial(parameters) }

  public func update(
    _ updates: TensorTree, state: TensorTree, context: UpdateContext
  ) -> (updates: TensorTree, state: TensorTree) {
    if let decay = decay as? Double, decay == 0 { return next.update(updates, state: state, context: context) }
    let losses = context.parameters.map { path, parameter in
      guard filter.matches(path) else { return parameter.zerosLike() }
      let factor =
        rate.value(at: context.progress, dtype: parameter.dtype)
        * decay.value(at: context.progress, dtype: parameter.dtype)
      return parameter * factor
    }
    let context = UpdateContext(
      parameters: context.parameters.zip(losses, -), progress: context.progress, key: context.key,
      loss: context.loss)
    let step = next.update(updates, state: state, context: context)
    return (step.updates.zip(losses, -), step.state)
  }
}
