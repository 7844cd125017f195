import Configuration

/// Adam that finds its learning rate: the distance to the solution, estimated as it goes (Mishchenko and Defazio 2024),
/// see ``DistanceEstimate``. `learningRate` multiplies the estimate; leave it at 1, or a schedule from there.
public struct Prodigy: Optimizer {
  public static let declaration = Declaration(
    "prodigy", "Adam that estimates its learning rate from distances", standard: Prodigy(),
    formula: "r = dη; s ← β₃s + d r g/d₀; q ← β₃q + d/d₀ r g·(w₀ − w); d ← max(d, q/|s|₁); adam with the rate r",
    reference: Reference(
      "Mishchenko and Defazio", 2024, "Prodigy: An Expeditiously Adaptive Parameter-Free Learner",
      "https://arxiv.org/abs/2306.06101"),
    settings: [
      .learningRate(\.estimate.rate, "multiple η of the estimated learning rate, or a schedule"),
      Setting("beta1", \.estimate.beta1, .decayRate, "decay rate β₁ of the first moment"),
      .beta2(\.estimate.beta2),
      Setting(
        "beta3", \.estimate.chosenBeta3, .optional(.decayRate, standing: 0.0),
        "decay rate β₃ of the estimate; none is √β₂"),
      .epsilon(\.estimate.epsilon), .biasCorrection(\.estimate.correctsBias),
      Setting("safeguard", \.estimate.isSafeguarded, .flag, "whether the estimate leaves out η, for warm-ups from 0"),
    ] + distanceSettings.of(\.estimate.growth) + [
      Setting("coefficient", \.estimate.coefficient, .positive, "multiple of the estimate"),
      .weightDecay(\.estimate.weightDecay), .excludeFromWeightDecay(\.estimate.weightDecayFilter),
    ])

  public var estimate: DistanceEstimate

  /// - Parameter beta3: by default the root of beta2.
  public init(
    learningRate: any Schedule = 1.0, beta1: any Schedule = 0.9, beta2: any Schedule = 0.999,
    beta3: (any Schedule)? = nil,
    epsilon: any Schedule = 1e-8, correctsBias: Bool = false, isSafeguarded: Bool = false,
    initialDistance: Double = 1e-6,
    greatestGrowth: any Schedule = Double.infinity, coefficient: any Schedule = 1.0, weightDecay: any Schedule = 0.0,
    weightDecayFilter: PathFilter = .all
  ) {
    estimate = DistanceEstimate(
      rate: learningRate, beta1: beta1, beta2: beta2, chosenBeta3: beta3, epsilon: epsilon, correctsBias: correctsBias,
      isSafeguarded: isSafeguarded, growth: DistanceGrowth(initial: initialDistance, greatest: greatestGrowth),
      coefficient: coefficient, weightDecay: weightDecay, weightDecayFilter: weightDecayFilter)
  }

  public var transform: any Transform { estimate }
}

/// How an estimated distance begins and grows.
public struct DistanceGrowth: Sendable {
  /// The estimate before the first step, less than the distance to any solution.
  public var initial: Double
  /// How many times as large a step makes the estimate at most.
  public var greatest: any Schedule

  public init(initial: Double = 1e-6, greatest: any Schedule = Double.infinity) {
    self.initial = initial
    self.greatest = greatest
  }
}

/// The settings of estimated distances.
let distanceSettings: [Setting<DistanceGrowth>] = [
  Setting("initialDistance", \.initial, .positive, "d₀, the estimated distance before the first step"),
  Setting("greatestGrowth", \.greatest, .number(in: 1...Double.infinity), "greatest growth of the estimate in a step"),
]

/// Adam's step times an estimate `d` of the distance from the initial parameters `w0` to the solution, which gradients
/// of all parameters together correct (Prodigy, Mishchenko and Defazio 2024), with the sign turned.
///
/// With `r = d lr`: `m' = beta1 m + (1 - beta1) d g`, `v' = beta2 v + (1 - beta2) d^2 g^2`, `s' = beta3 s + d r g /
/// d0`, `q' = beta3 q + (d / d0) r g . (w0 - w)`; then `d' = max(d, coefficient q' / |s'|_1)`, and the step is `-r m' /
/// (sqrt(v') + d' epsilon) - r decay w`. The greatest estimate so far counts, as far as growth allows. A gradient that
/// is NaN makes the estimate NaN, and with it all parameters.
public struct DistanceEstimate: ShardableTransform {
  public var rate: any Schedule
  public var beta1: any Schedule
  public var beta2: any Schedule
  /// nil is the root of beta2.
  var chosenBeta3: (any Schedule)?
  public var epsilon: any Schedule
  public var correctsBias: Bool
  public var isSafeguarded: Bool
  public var growth: DistanceGrowth
  public var coefficient: any Schedule
  public var weightDecay: any Schedule
  public var weightDecayFilter: PathFilter

  public var learningRate: (any Schedule)? { rate }

  public func initial(_ parameters: TensorTree) -> TensorTree {
    let (start, dtype) = (parameters.mapValues(\.upcast), parameters.wideType)
    let zeros = start.mapValues { $0.zerosLike() }
    var state = start.nested(under: "start")
    for name in ["first", "second", "sum"] { state.merge(zeros.nested(under: name)) }
    let distance = Tensor(growth.initial, dtype: dtype)
    (state["distance"], state["greatest"], state["product"]) = (distance, distance, Tensor(0, dtype: dtype))
    return state
  }

  public func update(
    _ updates: TensorTree, state: TensorTree, context: UpdateContext
  ) -> (updates: TensorTree, state: TensorTree) {
    let (progress, dtype) = (context.progress, updates.wideType)
    let (keeping1, keeping2) = (beta1.at(progress), beta2.at(progress))
    let beta3 = chosenBeta3?.at(progress) ?? keeping2.squareRoot()
    let zero = Tensor(0, dtype: dtype)
    let gradients = updates.mapValues(\.upcast)
    let positions = gradients.zip(context.parameters) { $1.cast(to: $0.dtype) }
    let distance = state["distance"] ?? zero
    var rate = rate.value(at: progress, dtype: dtype) * distance
    if correctsBias {
      rate =
        rate * progress.biasCorrection(beta2, dtype: dtype).sqrt() / progress.biasCorrection(beta1, dtype: dtype)
    }
    let relative = distance / growth.initial
    let travelled = state[under: "start"].zip(positions, -)
    let product = (state["product"] ?? zero) * beta3 + relative * rate * context.sum(of: gradients.zip(travelled, *))
    let sums = state[under: "sum"].zip(gradients) { sum, gradient in
      sum * beta3 + gradient * (relative * (isSafeguarded ? distance : rate)).cast(to: sum.dtype)
    }
    let length = context.sum(of: sums.mapValues { $0.abs() })
    let estimate = (product * coefficient.at(context.progress) / length).replaced(where: length .== 0, by: 0)
    // The first estimates count at once, whatever growth is allowed.
    let first = distance.maximum(estimate).replaced(where: distance .!= growth.initial, by: distance)
    let greatest = (state["greatest"] ?? zero).maximum(estimate)
    let next = greatest.minimum(first * growth.greatest.at(progress))
    let moments = (
      first: state[under: "first"].zip(gradients) { mean, gradient in
        mean * keeping1 + gradient * (distance * (1 - keeping1)).cast(to: mean.dtype)
      },
      second: state[under: "second"].zip(gradients) { mean, gradient in
        mean * keeping2 + gradient.squared() * (distance.squared() * (1 - keeping2)).cast(to: mean.dtype)
      }
    )
    var following = sums.nested(under: "sum").merging(state[under: "start"].nested(under: "start"))
    following.merge(moments.first.nested(under: "first"))
    following.merge(moments.second.nested(under: "second"))
    (following["distance"], following["greatest"], following["product"]) = (next, greatest, product)
    let scaled = moments.first.zip(moments.second) { mean, square in
      mean / (square.sqrt() + (next * epsilon.at(context.progress)).cast(to: mean.dtype))
    }
    let decayed = scaled.adding(decay: weightDecay, of: positions, filter: weightDecayFilter, context)
    return (updates.zip(decayed) { ($1 * -rate.cast(to: $1.dtype)).cast(to: $0.dtype) }, following)
  }
}
