import Configuration

/// Adam (Kingma and Ba 2015): `w -= rate * M / (sqrt(V) + epsilon)`, see ``AdamMoments``.
///
/// ``FrameworkStyle/torch`` adds epsilon (1e-8) after the bias correction, ``FrameworkStyle/keras`` (1e-7)
/// before it.
public struct Adam: Optimizer {
  public static let name = "adam"
  public static let summary = "adaptive moments (Kingma and Ba 2015)"
  public static let parameters: [Parameter] = [
    .rate(0.001),
    .beta1,
    .beta2(0.999),
    Parameter("epsilon", default: 1e-8, "added to the root; 1e-7 in style keras"),
    .style(.torch, "where epsilon is added, after the bias correction (torch) or before (keras)"),
    Parameter("amsgrad", default: false, "whether to divide by the greatest second moment so far"),
    Parameter("biasCorrection", default: true, "whether the moments' bias towards zero is corrected"),
    .coupledDecay,
    .excludeFromDecay,
  ]

  public var rate: any Schedule
  public var moments: AdamMoments
  public var coupledDecay: any Schedule
  public var decayFilter: PathFilter

  /// - Parameter epsilon: the style's by default.
  public init(
    rate: any Schedule = 0.001, beta1: any Schedule = 0.9, beta2: Double = 0.999, epsilon: Double? = nil,
    style: FrameworkStyle = .torch, amsgrad: Bool = false, correctsBias: Bool = true,
    coupledDecay: any Schedule = 0.0, decayFilter: PathFilter = .all
  ) {
    self.rate = rate
    moments = AdamMoments(
      beta1: beta1, beta2: beta2, epsilon: epsilon, style: style, amsgrad: amsgrad, correctsBias: correctsBias)
    self.coupledDecay = coupledDecay
    self.decayFilter = decayFilter
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    rate = try options.schedule("rate", default: 0.001)
    moments = try AdamMoments(from: &options)
    coupledDecay = try options.schedule("coupledDecay", default: 0.0)
    decayFilter = try options.filter(excluding: "excludeFromDecay")
  }

  public var transform: any Transform {
    var chain: [any Transform] = []
    chain.append(decay: coupledDecay, filter: decayFilter)
    return Chain(chain + [moments, ScaleByRate(rate)])
  }
}

extension AdamMoments {
  /// As a framework's Adam has them.
  init(
    beta1: any Schedule, beta2: Double, epsilon: Double?, style: FrameworkStyle, amsgrad: Bool = false,
    correctsBias: Bool = true
  ) {
    self.init(
      beta1: beta1, beta2: beta2, epsilon: epsilon ?? (style == .keras ? 1e-7 : 1e-8),
      placement: style == .keras ? .uncorrected : .corrected, amsgrad: amsgrad, correctsBias: correctsBias)
  }

  init(from options: inout Options) throws(ConfigurationError) {
    try self.init(
      beta1: options.momentum("beta1", default: 0.9), beta2: options.decayFactor("beta2", default: 0.999),
      epsilon: options.nonNegativeOrNone("epsilon", default: nil), style: options.oneOf("style", default: .torch),
      amsgrad: options.flag("amsgrad", default: false), correctsBias: options.flag("biasCorrection", default: true))
  }
}
