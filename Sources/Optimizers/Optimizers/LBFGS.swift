import Configuration

/// A quasi-Newton method of limited memory, for the gradient of all data: one mini-batch an epoch (Liu and Nocedal
/// 1989), see ``LimitedMemory``.
///
/// Steps have a fixed learning rate, as PyTorch's `LBFGS` without a line search and one iteration a step.
public struct LBFGS: Optimizer {
  public static let declaration = Declaration(
    "lbfgs", "a quasi-Newton method of limited memory, for full batches", standard: LBFGS(),
    formula: "w ← w − η H g, H from the last k steps and changes of the gradient",
    reference: Reference(
      "Liu and Nocedal", 1989, "On the limited memory BFGS method for large scale optimization",
      "https://doi.org/10.1007/BF01589116"),
    settings: [
      .learningRate(\.memory.rate),
      Setting("history", \.memory.history, .integer(in: 1...1000), "steps that are remembered"),
    ])

  public var memory: LimitedMemory

  public init(learningRate: any Schedule = 1.0, history: Int = 10) {
    memory = LimitedMemory(rate: learningRate, history: history)
  }

  public var transform: any Transform { memory }
}

/// The gradient times an estimate of the inverse Hessian from the last steps, with the sign turned (L-BFGS, Liu and
/// Nocedal 1989).
///
/// A step `s` and the change `y` of the gradient along it are remembered if `s . y > 1e-10`; the estimate is the
/// two-loop recursion over them, begun with `s . y / y . y` of the last ones. The first step is `min(1, 1 / |g|_1) lr`.
/// The memory takes twice the parameters for each step that is remembered, and twice more. Products are of all
/// parameters together: a gradient that is NaN makes them all NaN.
public struct LimitedMemory: Transform {
  public var rate: any Schedule
  public var history: Int

  public init(rate: any Schedule = 1.0, history: Int = 10) {
    self.rate = rate
    self.history = history
  }

  public var learningRate: (any Schedule)? { rate }

  public func initial(_ parameters: TensorTree) -> TensorTree {
    let (wide, dtype) = (parameters.mapValues(\.upcast), parameters.wideType)
    let none = wide.mapValues { Tensor.zeros($0.shape.prepending(history), dtype: $0.dtype) }
    var state = wide.nested(under: "position").merging(wide.mapValues { $0.zerosLike() }.nested(under: "gradient"))
    for name in ["steps", "changes"] { state.merge(none.nested(under: name)) }
    // Of what isn't remembered yet the reciprocal is 0.
    state["reciprocals"] = .zeros([history], dtype: dtype)
    state["scale"] = Tensor(1, dtype: dtype)
    return state
  }

  public func update(
    _ updates: TensorTree, state: TensorTree, context: UpdateContext
  ) -> (updates: TensorTree, state: TensorTree) {
    let (dtype, progress) = (updates.wideType, context.progress)
    let gradients = updates.mapValues(\.upcast)
    let position = gradients.zip(context.parameters) { $1.cast(to: $0.dtype) }
    let step = position.zip(state[under: "position"], -)
    let change = gradients.zip(state[under: "gradient"], -)
    let product = context.sum(of: step.zip(change, *))
    let isUsed = (product .> 1e-10) .& (progress.step .> 0)
    func remembered(_ all: Tensor, _ last: Tensor) -> Tensor {
      let newest = last.expand(at: 0)
      return .select(isUsed, history == 1 ? newest : .concatenate([all.slice(1..<history), newest]), all)
    }
    let steps = state[under: "steps"].zip(step, remembered)
    let changes = state[under: "changes"].zip(change, remembered)
    let none = Tensor.zeros([history], dtype: dtype)
    let reciprocals = remembered(state["reciprocals"] ?? none, 1 / product)
    let known = state["scale"] ?? Tensor(1, dtype: dtype)
    let scale = Tensor.select(isUsed, product / context.sum(of: change.mapValues { $0.squared() }), known)

    var direction = gradients
    func add(_ factor: Tensor, _ tree: TensorTree, _ index: Int) {
      direction = direction.zip(tree) { $0 + $1[index] * factor.cast(to: $0.dtype) }
    }
    func projection(_ tree: TensorTree, _ index: Int) -> Tensor {
      reciprocals[index] * context.sum(of: direction.zip(tree) { $0 * $1[index] })
    }
    var projections: [Int: Tensor] = [:]
    for index in (0..<history).reversed() {
      let own = projection(steps, index)
      projections[index] = own
      add(-own, changes, index)
    }
    direction = direction.mapValues { $0 * scale.cast(to: $0.dtype) }
    for index in 0..<history {
      guard let own = projections[index] else { continue }
      add(own - projection(changes, index), steps, index)
    }
    let length = context.sum(of: gradients.mapValues { $0.abs() })
    let first = (1 / length).minimum(1).replaced(where: progress.step .> 0, by: 1)
    let factor = -rate.value(at: progress, dtype: dtype) * first

    var following = position.nested(under: "position").merging(gradients.nested(under: "gradient"))
    following.merge(steps.nested(under: "steps"))
    following.merge(changes.nested(under: "changes"))
    (following["reciprocals"], following["scale"]) = (reciprocals, scale)
    return (updates.zip(direction) { ($1 * factor.cast(to: $1.dtype)).cast(to: $0.dtype) }, following)
  }
}
