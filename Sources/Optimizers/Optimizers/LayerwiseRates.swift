import Configuration

/// Momentum over steps in proportion to the parameters' norms (You et al. 2017):
/// `u = g + decay w`, `v' = mu v - lr * trust * |w| / |u| * u`, `w += v'`.
///
/// A parameter left out of adaptation, or with a norm of zero, takes `u` as it is. Clipped (LARC), a parameter's rate
/// `trust |w| / |u|` takes the place of the learning rate where it is less.
public struct LARS: Optimizer {
  public static let declaration = Declaration(
    "lars", "momentum with a learning rate per parameter, in proportion to its norm", standard: LARS(),
    formula: "u = g + λw; v ← μv + η κ|w|/|u| u; w ← w − v",
    reference: Reference(
      "You et al.", 2017, "Large Batch Training of Convolutional Networks", "https://arxiv.org/abs/1708.03888"),
    settings: [
      .learningRate(\.learningRate), .momentum(\.momentum), .nesterov(\.isNesterov),
      Setting(
        "trustCoefficient", \.trustCoefficient, .nonNegative,
        "trust coefficient η: the update's norm relative to the parameter's"),
      Setting("clips", \.clips, .flag, "whether a parameter's rate is at most the learning rate (LARC)"),
      .l2(\.l2), .excludeFromWeightDecay(\.weightDecayFilter), .excludeFromLayerAdaptation(\.layerAdaptationFilter),
    ])

  public var learningRate: any Schedule
  public var momentum: any Schedule
  public var isNesterov: Bool
  public var trustCoefficient: any Schedule
  public var clips: Bool
  public var l2: any Schedule
  public var weightDecayFilter: PathFilter
  public var layerAdaptationFilter: PathFilter

  public init(
    learningRate: any Schedule = 0.1, momentum: any Schedule = 0.9, isNesterov: Bool = false,
    trustCoefficient: any Schedule = 0.001, clips: Bool = false, l2: any Schedule = 0.0,
    weightDecayFilter: PathFilter = .all, layerAdaptationFilter: PathFilter = .all
  ) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.isNesterov = isNesterov
    self.trustCoefficient = trustCoefficient
    self.clips = clips
    self.l2 = l2
    self.weightDecayFilter = weightDecayFilter
    self.layerAdaptationFilter = layerAdaptationFilter
  }

  public var transform: any Transform {
    var chain: [any Transform] = []
    chain.append(decay: l2, filter: weightDecayFilter)
    chain.append(
      TrustRatio(
        coefficient: trustCoefficient, limit: clips ? 1 : Double.infinity, relativeTo: clips ? learningRate : nil,
        filter: layerAdaptationFilter))
    return Chain(
      chain + [SGD(learningRate: learningRate, momentum: momentum, isNesterov: isNesterov, style: .keras).transform])
  }
}

/// Adam with a step per parameter in proportion to its norm (You et al. 2020):
/// `u = M / (sqrt(V) + epsilon) + decay w`, `w -= lr * |w| / |u| * u`.
///
/// The quotient is taken per parameter and is 1 where either norm is 0. What frameworks call LAMB differs:
///
/// | preset | bias correction | decay | epsilon | limit of the weight norm | default decay |
/// |---|---|---|---|---|---|
/// | ``Preset/tfa`` | yes | inside the quotient | 1e-6 | none | 0 |
/// | ``Preset/paper`` | yes | inside | 1e-6 | none | 0.01 |
/// | ``Preset/keras`` | yes | before the step, outside | 1e-7 | none | 0 |
/// | ``Preset/pytorchLamb`` | no | inside | 1e-6 | 10 | 0 |
///
/// In ``Preset/tfa`` the parameters excluded from decay are excluded from adaptation too, unless others are
/// named for it.
public struct LAMB: Optimizer {
  /// The defaults of other implementations; see `docs/optimizers.md`.
  public enum Preset: String, Sendable, Hashable, CaseIterable {
    case tfa, paper, keras
    case pytorchLamb = "pytorch-lamb"
  }

  public static let declaration = Declaration(
    "lamb", "Adam with a learning rate per parameter, in proportion to its norm", standard: LAMB(),
    formula: "u = m̂ / (√v̂ + ε) + λw; w ← w − η |w|/|u| u",
    reference: Reference(
      "You et al.", 2020, "Large Batch Optimization for Deep Learning: Training BERT in 76 minutes",
      "https://arxiv.org/abs/1904.00962"),
    settings: [
      .preset("preset", \.preset, .word, "whose form and defaults", standard: { LAMB(preset: $0) }),
      .learningRate(\.learningRate), .beta1(\.moments.beta1), .beta2(\.moments.beta2), .epsilon(\.moments.epsilon),
      .biasCorrection(\.moments.correctsBias),
      Setting(
        "weightNormLimit", \.weightNormLimit, .number(in: 0...Double.infinity),
        "greatest norm of a parameter that counts"),
      Setting(
        "trustLimit", \.trustLimit, .number(in: 0...Double.infinity),
        "greatest quotient of the norms; 1 lets no update grow"),
      .weightDecay(\.weightDecay), .excludeFromWeightDecay(\.weightDecayFilter),
      .excludeFromLayerAdaptation(\.namedLayerAdaptationFilter),
    ])

  public var learningRate: any Schedule
  public var preset: Preset
  public var moments: AdamMoments
  public var weightNormLimit: any Schedule
  public var trustLimit: any Schedule
  public var weightDecay: any Schedule
  public var weightDecayFilter: PathFilter
  /// Parameters whose updates are scaled to their norm; in ``Preset/tfa`` those that decay, unless others are named.
  public var layerAdaptationFilter: PathFilter {
    get { preset == .tfa && namedLayerAdaptationFilter == .all ? weightDecayFilter : namedLayerAdaptationFilter }
    set { namedLayerAdaptationFilter = newValue }
  }
  private var namedLayerAdaptationFilter: PathFilter

  /// - Parameter preset: decides what the others don't say.
  public init(
    learningRate: any Schedule = 0.001, beta1: any Schedule = 0.9, beta2: any Schedule = 0.999,
    epsilon: (any Schedule)? = nil,
    preset: Preset = .tfa, correctsBias: Bool? = nil, weightNormLimit: (any Schedule)? = nil,
    trustLimit: any Schedule = Double.infinity,
    weightDecay: (any Schedule)? = nil, weightDecayFilter: PathFilter = .all, layerAdaptationFilter: PathFilter? = nil
  ) {
    self.learningRate = learningRate
    self.preset = preset
    moments = AdamMoments(
      beta1: beta1, beta2: beta2, epsilon: epsilon ?? (preset == .keras ? 1e-7 : 1e-6),
      correctsBias: correctsBias ?? (preset != .pytorchLamb))
    self.weightNormLimit = weightNormLimit ?? (preset == .pytorchLamb ? 10 : Double.infinity)
    self.trustLimit = trustLimit
    self.weightDecay = weightDecay ?? (preset == .paper ? 0.01 : 0.0)
    self.weightDecayFilter = weightDecayFilter
    namedLayerAdaptationFilter = layerAdaptationFilter ?? .all
  }

  public var transform: any Transform {
    let trust = TrustRatio(weightNormLimit: weightNormLimit, limit: trustLimit, filter: layerAdaptationFilter)
    if preset == .keras {
      return DecayFirst(
        weightDecay, rate: learningRate, filter: weightDecayFilter,
        then: chain(moments, trust, ScaleByLearningRate(learningRate)))
    }
    var chain: [any Transform] = [moments]
    chain.append(decay: weightDecay, filter: weightDecayFilter)
    return Chain(chain + [trust, ScaleByLearningRate(learningRate)])
  }
}

/// Each tensor scaled to a multiple of its parameter's norm: `u * coefficient * |w| / |u|`.
///
/// Parameters that `filter` leaves out, and those whose own norm or whose update's is 0, keep the update as it
/// is: a bias that begins at zero can leave it. The multiple is at most `limit`, and divided by the rate that it is
/// `relativeTo`. You et al. 2017 (LARS), 2020 (LAMB).
public struct TrustRatio: StatelessTransform, ShardableTransform {
  public var coefficient: any Schedule
  /// The parameter's norm counts as at most this.
  public var weightNormLimit: any Schedule
  public var limit: any Schedule
  public var relativeTo: (any Schedule)?
  public var filter: PathFilter

  public init(
    coefficient: any Schedule = 1.0, weightNormLimit: any Schedule = Double.infinity,
    limit: any Schedule = Double.infinity,
    relativeTo: (any Schedule)? = nil, filter: PathFilter = .all
  ) {
    self.coefficient = coefficient
    self.weightNormLimit = weightNormLimit
    self.limit = limit
    self.relativeTo = relativeTo
    self.filter = filter
  }

  public func update(_ updates: TensorTree, context: UpdateContext) -> TensorTree {
    let adapted = updates.filter(filter.matches)
    let updateNorms = context.norms(of: adapted)
    let ratios = context.norms(of: context.parameters.filter { adapted[$0] != nil }).map { path, norm in
      let weightNorm = norm.limited(to: weightNormLimit.at(context.progress))
      let updateNorm = updateNorms[path] ?? norm
      var ratio = (weightNorm * coefficient.at(context.progress) / updateNorm)
        .replaced(where: (weightNorm .== 0) .| (updateNorm .== 0), by: 1)
      if let relativeTo { ratio = ratio / relativeTo.value(at: context.progress, dtype: ratio.dtype) }
      return ratio.limited(to: limit.at(context.progress))
    }
    return updates.map { path, update in
      ratios[path].map { (update.upcast * $0).cast(to: update.dtype) } ?? update
    }
  }
}

extension Tensor {
  /// At most a limit, which an infinite number isn't.
  fileprivate func limited(to limit: Coefficient) -> Tensor { limit.constant == .infinity ? self : minimum(limit) }
}
