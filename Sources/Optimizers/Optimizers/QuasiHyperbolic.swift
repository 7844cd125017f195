import Configuration

/// Momentum whose step is a mean of the velocity and the gradient (Ma and Yarats 2019), see
/// ``QuasiHyperbolicMomentum``.
///
/// With `nu` 1 it is SGD with a dampened velocity, with 0 plain SGD, and with `nu` equal to the momentum Nesterov's.
public struct QHM: Optimizer {
  public static let declaration = Declaration(
    "qhm", "momentum whose step is a mean of velocity and gradient", standard: QHM(),
    formula: "v ← μv + (1 − μ)g; w ← w − η((1 − ν)g + νv)", reference: .quasiHyperbolic,
    settings: [
      .learningRate(\.learningRate), Setting("momentum", \.velocity.momentum, .decayRate, "what the velocity keeps, μ"),
      Setting("nu", \.velocity.nu, .probability, "ν, the velocity's part of the step"), .l2(\.l2),
      .excludeFromWeightDecay(\.weightDecayFilter),
    ])

  public var learningRate: any Schedule
  public var velocity: QuasiHyperbolicMomentum
  public var l2: any Schedule
  public var weightDecayFilter: PathFilter

  /// The paper's rule of thumb: a momentum of 0.999 and `nu` 0.7.
  public init(
    learningRate: any Schedule = 1.0, momentum: any Schedule = 0.999, nu: any Schedule = 0.7, l2: any Schedule = 0.0,
    weightDecayFilter: PathFilter = .all
  ) {
    self.learningRate = learningRate
    velocity = QuasiHyperbolicMomentum(momentum: momentum, nu: nu)
    self.l2 = l2
    self.weightDecayFilter = weightDecayFilter
  }

  public var transform: any Transform {
    var chain: [any Transform] = []
    chain.append(decay: l2, filter: weightDecayFilter)
    return Chain(chain + [velocity, ScaleByLearningRate(learningRate)])
  }
}

/// `v' = momentum v + (1 - momentum) g`, and the mean `(1 - nu) g + nu v'` (QHM, Ma and Yarats 2019).
public struct QuasiHyperbolicMomentum: ParameterwiseTransform, ShardableTransform {
  public var momentum: any Schedule
  public var nu: any Schedule

  public init(momentum: any Schedule = 0.999, nu: any Schedule = 0.7) { (self.momentum, self.nu) = (momentum, nu) }

  public func initial(_ parameter: Tensor, slots: inout Slots) { slots.setZeros("velocity", like: parameter) }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    let gradient = update.upcast
    let velocity = slots.updateMean("velocity", with: gradient, keeping: momentum.at(context.progress))
    return gradient.runningMean(velocity, keeping: 1 - nu.at(context.progress)).cast(to: update.dtype)
  }
}

/// Adam whose moments are weighed against the step's gradient and its square (Ma and Yarats 2019), see
/// ``QuasiHyperbolicMoments``.
///
/// With both weights 1 it is Adam, and with `nu1` equal to `beta1` and `nu2` 1 about NAdam.
public struct QHAdam: Optimizer {
  public static let declaration = Declaration(
    "qhAdam", "Adam whose moments are weighed against the present gradient", standard: QHAdam(),
    formula: "m̂, v̂ of adam; w ← w − η((1 − ν₁)g + ν₁m̂) / (√((1 − ν₂)g² + ν₂v̂) + ε)", reference: .quasiHyperbolic,
    settings: [
      .learningRate(\.learningRate), .beta1(\.moments.beta1), .beta2(\.moments.beta2),
      Setting("nu1", \.moments.nu1, .probability, "ν₁, the first moment's part"),
      Setting("nu2", \.moments.nu2, .probability, "ν₂, the second moment's part"), .epsilon(\.moments.epsilon),
      .weightDecay(\.weightDecay), .excludeFromWeightDecay(\.weightDecayFilter),
    ])

  public var learningRate: any Schedule
  public var moments: QuasiHyperbolicMoments
  public var weightDecay: any Schedule
  public var weightDecayFilter: PathFilter

  /// The paper's rule of thumb: `nu1` 0.7 with `beta1` 0.995.
  public init(
    learningRate: any Schedule = 0.001, beta1: any Schedule = 0.995, beta2: any Schedule = 0.999,
    nu1: any Schedule = 0.7, nu2: any Schedule = 1.0, epsilon: any Schedule = 1e-8, weightDecay: any Schedule = 0.0,
    weightDecayFilter: PathFilter = .all
  ) {
    self.learningRate = learningRate
    moments = QuasiHyperbolicMoments(beta1: beta1, beta2: beta2, nu1: nu1, nu2: nu2, epsilon: epsilon)
    self.weightDecay = weightDecay
    self.weightDecayFilter = weightDecayFilter
  }

  public var transform: any Transform {
    Chain(moments, decay: weightDecay, filter: weightDecayFilter, learningRate: learningRate)
  }
}

/// With Adam's moments, their bias corrected to `M` and `V`:
/// `((1 - nu1) g + nu1 M) / (sqrt((1 - nu2) g^2 + nu2 V) + epsilon)` (QHAdam, Ma and Yarats 2019).
public struct QuasiHyperbolicMoments: ParameterwiseTransform, ShardableTransform {
  public var beta1: any Schedule
  public var beta2: any Schedule
  public var nu1: any Schedule
  public var nu2: any Schedule
  public var epsilon: any Schedule

  public init(
    beta1: any Schedule = 0.995, beta2: any Schedule = 0.999, nu1: any Schedule = 0.7, nu2: any Schedule = 1.0,
    epsilon: any Schedule = 1e-8
  ) {
    (self.beta1, self.beta2, self.nu1, self.nu2, self.epsilon) = (beta1, beta2, nu1, nu2, epsilon)
  }

  public func initial(_ parameter: Tensor, slots: inout Slots) {
    slots.setZeros("first", "second", like: parameter)
  }

  public func update(
    _ update: Tensor, of parameter: Tensor, slots: inout Slots, context: UpdateContext
  ) -> Tensor {
    let (gradient, progress) = (update.upcast, context.progress)
    let (dtype, square) = (gradient.dtype, gradient.squared())
    let first = slots.updateMean("first", with: gradient, keeping: beta1.at(progress))
    let second = slots.updateMean("second", with: square, keeping: beta2.at(progress))
    let mean = gradient.runningMean(
      first / progress.biasCorrection(beta1, dtype: dtype), keeping: 1 - nu1.at(progress))
    let squares = square.runningMean(
      second / progress.biasCorrection(beta2, dtype: dtype), keeping: 1 - nu2.at(progress))
    return (mean / (squares.sqrt() + epsilon.at(progress))).cast(to: update.dtype)
  }
}

extension Reference {
  fileprivate static let quasiHyperbolic = Reference(
    "Ma and Yarats", 2019, "Quasi-hyperbolic Momentum and Adam for Deep Learning", "https://arxiv.org/abs/1810.06801")
}
