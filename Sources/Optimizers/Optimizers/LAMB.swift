import Configuration

/// Adam with a step per parameter in proportion to its norm (You et al. 2020):
/// `u = M / (sqrt(V) + epsilon) + decay w`, `w -= rate * |w| / |u| * u`.
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

  public static let name = "lamb"
  public static let summary = "Adam with a step per parameter in proportion to its norm (You et al. 2020)"
  public static let parameters: [Parameter] = [
    .rate(0.001), .beta1, .beta2(0.999),
    Parameter("epsilon", default: 1e-6, "added to the root; 1e-7 in preset keras"),
    Parameter("preset", default: "tfa", "whose form: tfa, paper, keras or pytorch-lamb"),
    Parameter("biasCorrection", default: true, "whether the moments are corrected; false in preset pytorch-lamb"),
    Parameter("weightNormLimit", default: "inf", "the greatest norm of a parameter that counts; 10 in pytorch-lamb"),
    Parameter("decay", default: 0, "weight decay, or a schedule for it; 0.01 in preset paper"),
    .excludeFromDecay,
    Parameter(
      "excludeFromAdaptation", default: "[]",
      "regular expressions for paths that take Adam's step; in preset tfa those of excludeFromDecay if empty"),
  ]

  public var rate: any Schedule
  public var preset: Preset
  public var moments: AdamMoments
  public var weightNormLimit: Double
  public var decay: any Schedule
  public var decayFilter: PathFilter
  public var adaptationFilter: PathFilter

  /// - Parameter preset: decides what the others don't say.
  public init(
    rate: any Schedule = 0.001, beta1: any Schedule = 0.9, beta2: Double = 0.999, epsilon: Double? = nil,
    preset: Preset = .tfa, correctsBias: Bool? = nil, weightNormLimit: Double? = nil,
    decay: (any Schedule)? = nil, decayFilter: PathFilter = .all, adaptationFilter: PathFilter? = nil
  ) {
    self.rate = rate
    self.preset = preset
    moments = AdamMoments(
      beta1: beta1, beta2: beta2, epsilon: epsilon ?? (preset == .keras ? 1e-7 : 1e-6),
      correctsBias: correctsBias ?? (preset != .pytorchLamb))
    self.weightNormLimit = weightNormLimit ?? (preset == .pytorchLamb ? 10 : .infinity)
    self.decay = decay ?? (preset == .paper ? 0.01 : 0.0)
    self.decayFilter = decayFilter
    self.adaptationFilter = adaptationFilter ?? (preset == .tfa ? decayFilter : .all)
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    self.init(preset: try options.oneOf("preset", default: .tfa))
    rate = try options.schedule("rate", default: rate)
    moments.beta1 = try options.momentum("beta1", default: moments.beta1)
    moments.beta2 = try options.decayFactor("beta2", default: moments.beta2)
    moments.epsilon = try options.nonNegative("epsilon", default: moments.epsilon)
    moments.correctsBias = try options.flag("biasCorrection", default: moments.correctsBias)
    weightNormLimit = try options.number("weightNormLimit", default: weightNormLimit, in: 0...Double.infinity)
    decay = try options.schedule("decay", default: decay)
    decayFilter = try options.filter(excluding: "excludeFromDecay")
    adaptationFilter = try options.filter(excluding: "excludeFromAdaptation")
    if preset == .tfa, adaptationFilter == .all { adaptationFilter = decayFilter }
  }

  public var transform: any Transform {
    let trust = TrustRatio(weightNormLimit: weightNormLimit, filter: adaptationFilter)
    if preset == .keras {
      return DecayFirst(decay, rate: rate, filter: decayFilter, then: chain(moments, trust, ScaleByRate(rate)))
    }
    var chain: [any Transform] = [moments]
    chain.append(decay: decay, filter: decayFilter)
    return Chain(chain + [trust, ScaleByRate(rate)])
  }
}
