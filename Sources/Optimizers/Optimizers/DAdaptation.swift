import Configuration

/// Adam that finds its learning rate by D-Adaptation (Defazio and Mishchenko 2023), see ``AdaptedAdam``. `learningRate`
/// multiplies the estimate; leave it at 1, or a schedule from there.
public struct DAdaptAdam: Optimizer {
  public static let declaration = Declaration(
    "dAdaptAdam", "Adam that estimates its learning rate by D-Adaptation", standard: DAdaptAdam(),
    formula:
      "r = dη; s ← bs + (1 − b) r g; q ← bq + (1 − b) r g·s/√v; d ← max(d, q/((1 − b)|s|₁)); adam with the rate r",
    reference: Reference(
      "Defazio and Mishchenko", 2023, "Learning-Rate-Free Learning by D-Adaptation",
      "https://arxiv.org/abs/2301.07733"),
    settings: [
      .learningRate(\.adapted.rate, "multiple η of the estimated learning rate, or a schedule"),
      Setting("beta1", \.adapted.beta1, .decayRate, "decay rate β₁ of the first moment"), .beta2(\.adapted.beta2),
      .epsilon(\.adapted.epsilon), .biasCorrection(\.adapted.correctsBias),
    ] + distanceSettings.of(\.adapted.growth) + [
      .weightDecay(\.adapted.weightDecay), .excludeFromWeightDecay(\.adapted.weightDecayFilter),
    ])

  public var adapted: AdaptedAdam

  public init(
    learningRate: any Schedule = 1.0, beta1: any Schedule = 0.9, beta2: any Schedule = 0.999,
    epsilon: any Schedule = 1e-8,
    correctsBias: Bool = false, initialDistance: Double = 1e-6, greatestGrowth: any Schedule = Double.infinity,
    weightDecay: any Schedule = 0.0, weightDecayFilter: PathFilter = .all
  ) {
    adapted = AdaptedAdam(
      rate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, correctsBias: correctsBias,
      growth: DistanceGrowth(initial: initialDistance, greatest: greatestGrowth), weightDecay: weightDecay,
      weightDecayFilter: weightDecayFilter)
  }

  public var transform: any Transform { adapted }
}

/// Adam's step times an estimate `d` of the distance to the solution (D-Adaptation, Defazio and Mishchenko 2023), with
/// the sign turned.
///
/// With `r = d lr` and `b` the root of beta2: `q' = b q + (1 - b) r g . s / (sqrt(v) + epsilon)`, summed over all
/// parameters; `m' = beta1 m + (1 - beta1) r g`, `v' = beta2 v + (1 - beta2) g^2`, `s' = b s + (1 - b) r g`; `d' =
/// max(d, q' / ((1 - b) |s'|_1))`. The step is `-m' / (sqrt(v') + epsilon) - r decay w`. A gradient that is NaN makes
/// all parameters NaN.
public struct AdaptedAdam: ShardableTransform {
  public var rate: any Schedule
  public var beta1: any Schedule
  public var beta2: any Schedule
  public var epsilon: any Schedule
  public var correctsBias: Bool
  public var growth: DistanceGrowth
  public var weightDecay: any Schedule
  public var weightDecayFilter: PathFilter

  public var learningRate: (any Schedule)? { rate }

  public func initial(_ parameters: TensorTree) -> TensorTree {
    let (zeros, dtype) = (parameters.mapValues { $0.upcast.zerosLike() }, parameters.wideType)
    var state = TensorTree()
    for name in ["first", "second", "sum"] { state.merge(zeros.nested(under: name)) }
    (state["distance"], state["product"]) = (Tensor(growth.initial, dtype: dtype), Tensor(0, dtype: dtype))
    return state
  }

  public func update(
    _ updates: TensorTree, state: TensorTree, context: UpdateContext
  ) -> (updates: TensorTree, state: TensorTree) {
    let (progress, dtype) = (context.progress, updates.wideType)
    let root = beta2.at(progress).squareRoot()
    let zero = Tensor(0, dtype: dtype)
    let gradients = updates.mapValues(\.upcast)
    let distance = state["distance"] ?? zero
    var rate = rate.value(at: progress, dtype: dtype) * distance
    if correctsBias {
      rate =
        rate * progress.biasCorrection(beta2, dtype: dtype).sqrt() / progress.biasCorrection(beta1, dtype: dtype)
    }
    func divided(_ tree: TensorTree, by squares: TensorTree) -> TensorTree {
      tree.zip(squares) { $0 / ($1.sqrt() + epsilon.at(context.progress)) }
    }
    let before = divided(state[under: "sum"], by: state[under: "second"])
    let product =
      (state["product"] ?? zero) * root + rate * context.sum(of: gradients.zip(before, *)) * (1 - root)
    func mean(_ name: String, keeping: Coefficient) -> TensorTree {
      state[under: name].zip(gradients) { $0.runningMean($1 * rate.cast(to: $1.dtype), keeping: keeping) }
    }
    let (first, sums) = (mean("first", keeping: beta1.at(context.progress)), mean("sum", keeping: root))
    let second = state[under: "second"].zip(gradients) {
      $0.runningMean($1.squared(), keeping: beta2.at(context.progress))
    }
    let length = context.sum(of: sums.mapValues { $0.abs() })
    let estimate = (product / (length * (1 - root))).replaced(where: length .== 0, by: 0)
    var following = first.nested(under: "first").merging(second.nested(under: "second"))
    following.merge(sums.nested(under: "sum"))
    following["product"] = product
    following["distance"] = distance.maximum(estimate.minimum(distance * growth.greatest.at(context.progress)))
    let losses = gradients.zip(context.parameters) { $1.cast(to: $0.dtype) * rate.cast(to: $0.dtype) }
    let decayed = divided(first, by: second)
      .adding(decay: weightDecay, of: losses, filter: weightDecayFilter, context)
    return (updates.zip(decayed) { (-$1).cast(to: $0.dtype) }, following)
  }
}

/// SGD that finds its learning rate by D-Adaptation (Defazio and Mishchenko 2023), see ``AdaptedDescent``.
public struct DAdaptSGD: Optimizer {
  public static let declaration = Declaration(
    "dAdaptSGD", "SGD that estimates its learning rate by D-Adaptation", standard: DAdaptSGD(),
    formula: "r = dη/|g₁|; q ← q + r g·s; s ← s + r g; d ← max(d, 2q/|s|); w ← μw + (1 − μ)(w₀ − s)",
    reference: Reference(
      "Defazio and Mishchenko", 2023, "Learning-Rate-Free Learning by D-Adaptation",
      "https://arxiv.org/abs/2301.07733"),
    settings: [
      .learningRate(\.adapted.rate, "multiple η of the estimated learning rate, or a schedule"),
      Setting("momentum", \.adapted.momentum, .decayRate, "momentum μ"),
    ] + distanceSettings.of(\.adapted.growth) + [.l2(\.l2), .excludeFromWeightDecay(\.weightDecayFilter)])

  public var adapted: AdaptedDescent
  public var l2: any Schedule
  public var weightDecayFilter: PathFilter

  public init(
    learningRate: any Schedule = 1.0, momentum: any Schedule = 0.9, initialDistance: Double = 1e-6,
    greatestGrowth: any Schedule = Double.infinity, l2: any Schedule = 0.0, weightDecayFilter: PathFilter = .all
  ) {
    adapted = AdaptedDescent(
      rate: learningRate, momentum: momentum,
      growth: DistanceGrowth(initial: initialDistance, greatest: greatestGrowth))
    self.l2 = l2
    self.weightDecayFilter = weightDecayFilter
  }

  public var transform: any Transform {
    var chain: [any Transform] = []
    chain.append(decay: l2, filter: weightDecayFilter)
    return Chain(chain + [adapted])
  }
}

/// Steps of dual averaging in the direction of the initial parameters `w0` less all gradients so far, as long as an
/// estimate `d` of the distance to the solution allows (D-Adaptation, Defazio and Mishchenko 2023), with the sign turned.
///
/// With `G` the norm of the first gradient that isn't zero and `r = d lr / G`: `q' = q + r g . s`, `s' = s + r g`,
/// `d' = max(d, 2 q' / |s'|)`, and `w' = momentum w + (1 - momentum.at(context.progress)) (w0 - s')`. Norms and products are of all parameters
/// together, so a gradient that is NaN makes them all NaN.
public struct AdaptedDescent: ShardableTransform {
  public var rate: any Schedule
  public var momentum: any Schedule
  public var growth: DistanceGrowth

  public var learningRate: (any Schedule)? { rate }

  public func initial(_ parameters: TensorTree) -> TensorTree {
    let (start, dtype) = (parameters.mapValues(\.upcast), parameters.wideType)
    var state = start.nested(under: "start").merging(start.mapValues { $0.zerosLike() }.nested(under: "sum"))
    (state["distance"], state["product"]) = (Tensor(growth.initial, dtype: dtype), Tensor(0, dtype: dtype))
    state["norm"] = Tensor(0, dtype: dtype)
    return state
  }

  public func update(
    _ updates: TensorTree, state: TensorTree, context: UpdateContext
  ) -> (updates: TensorTree, state: TensorTree) {
    let dtype = updates.wideType
    let zero = Tensor(0, dtype: dtype)
    let gradients = updates.mapValues(\.upcast)
    let (distance, known) = (state["distance"] ?? zero, state["norm"] ?? zero)
    let norm = known.replaced(where: known .== 0, by: context.norm(of: gradients))
    let rate = (rate.value(at: context.progress, dtype: dtype) * distance / norm).replaced(where: norm .== 0, by: 0)
    let before = state[under: "sum"]
    let product = (state["product"] ?? zero) + rate * context.sum(of: gradients.zip(before, *))
    let sums = before.zip(gradients) { $0 + $1 * rate.cast(to: $0.dtype) }
    let length = context.norm(of: sums)
    let estimate = (product * 2 / length).replaced(where: length .== 0, by: 0)
    let start = state[under: "start"]
    var following = start.nested(under: "start").merging(sums.nested(under: "sum"))
    (following["norm"], following["product"]) = (norm, product)
    following["distance"] = distance.maximum(estimate.minimum(distance * growth.greatest.at(context.progress)))
    let goals = start.zip(sums, -)
    let steps = updates.map { path, update in
      guard let goal = goals[path], let parameter = context.parameters[path] else { return update }
      return ((goal - parameter.cast(to: goal.dtype)) * (1 - momentum.at(context.progress))).cast(to: update.dtype)
    }
    return (steps, following)
  }
}
