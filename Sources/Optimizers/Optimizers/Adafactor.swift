import Configuration

/// Adam in less memory: second moments of matrices as a row and a column, no first moment, steps in proportion
/// to the parameters' size (Shazeer and Stern 2018), see ``FactoredMoments``.
///
/// `w -= max(minimumSize, rms(w)) * rho * u`, with `rho = min(rate, 1 / sqrt(t))` for a relative step and the
/// rate itself otherwise. ``FrameworkStyle/torch`` clamps against zero with the type's resolution, has the rate
/// 0.01 and always takes relative steps; ``FrameworkStyle/keras`` adds 1e-30 and has the rate 0.001.
public struct Adafactor: Optimizer {
  public static let name = "adafactor"
  public static let summary = "adaptive moments in the memory of rows and columns (Shazeer and Stern 2018)"
  public static let parameters: [Parameter] = [
    Parameter("rate", default: 0.01, "greatest rate, or a schedule for it; 0.001 in style keras"),
    Parameter("relativeStep", default: true, "whether the rate is at most 1 / sqrt(t)"),
    Parameter("decayPower", default: -0.8, "t to this power is a gradient's part in the second moment"),
    Parameter("clipThreshold", default: 1, "the greatest root mean square of a scaled update"),
    Parameter("minimumSize", default: 0.001, "the least size of a parameter that counts"),
    Parameter("epsilon", default: "none", "keeps squares from zero; none is 1e-30 (keras) or the type's resolution"),
    .style(.torch, "torch: squares clamped from below; keras: epsilon added"),
    .decay(0), .excludeFromDecay,
  ]

  public var rate: any Schedule
  public var isRelative: Bool
  public var scaling: FactoredMoments
  public var minimumSize: Double
  public var decay: any Schedule
  public var decayFilter: PathFilter

  /// - Parameters:
  ///   - rate: the style's by default.
  ///   - epsilon: the style's by default.
  public init(
    rate: (any Schedule)? = nil, isRelative: Bool = true, decayPower: Double = -0.8, clipThreshold: Double = 1,
    minimumSize: Double = 1e-3, epsilon: Double? = nil, style: FrameworkStyle = .torch,
    decay: any Schedule = 0.0, decayFilter: PathFilter = .all
  ) {
    self.rate = rate ?? (style == .torch ? 0.01 : 0.001)
    self.isRelative = isRelative
    scaling = FactoredMoments(
      decayPower: decayPower, threshold: clipThreshold,
      floor: style == .torch ? .clamped(epsilon) : .added(epsilon ?? 1e-30))
    self.minimumSize = minimumSize
    self.decay = decay
    self.decayFilter = decayFilter
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    let style = try options.oneOf("style", default: FrameworkStyle.torch)
    self.init(epsilon: try options.nonNegativeOrNone("epsilon", default: nil), style: style)
    rate = try options.schedule("rate", default: rate)
    isRelative = try options.flag("relativeStep", default: isRelative)
    scaling.decayPower = try options.number("decayPower", default: scaling.decayPower, in: -10...0)
    scaling.threshold = try options.positive("clipThreshold", default: scaling.threshold)
    minimumSize = try options.nonNegative("minimumSize", default: minimumSize)
    decay = try options.schedule("decay", default: decay)
    decayFilter = try options.filter(excluding: "excludeFromDecay")
  }

  public var transform: any Transform {
    let scaled = chain(
      scaling, ScaleByParameterSize(minimum: minimumSize), ScaleByRate(isRelative ? RelativeStep(rate) : rate))
    guard case .clamped = scaling.floor else {
      return DecayFirst(decay, rate: rate, filter: decayFilter, then: scaled)
    }
    // PyTorch takes the parameters' size before they shrink.
    return chain(scaled, DecayFirst(decay, rate: rate, filter: decayFilter, then: Chain([])))
  }
}
