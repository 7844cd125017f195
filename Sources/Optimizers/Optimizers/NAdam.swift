import Configuration

/// Adam with Nesterov's momentum (Dozat 2016), see ``NesterovMoments``.
///
/// The momentum grows as `beta1 (1 - 0.96^(d t) / 2)` with `d` 0.004 in ``Style/torch`` and 1 in
/// ``Style/keras`` (epsilon 1e-7), and stays `beta1` in ``Style/optax``.
public struct NAdam: Optimizer {
  /// Whose form of the momentum schedule is taken; see `docs/optimizers.md`.
  public enum Style: String, Sendable, Hashable, CaseIterable { case torch, keras, optax }

  public static let name = "nadam"
  public static let summary = "Adam with Nesterov's momentum (Dozat 2016)"
  public static let parameters: [Parameter] = [
    .rate(0.002), .beta1, .beta2(0.999),
    Parameter("epsilon", default: 1e-8, "added to the root; 1e-7 in style keras"),
    Parameter("momentumDecay", default: 0.004, "how fast the momentum grows: d in 0.96^(d t); not in style optax"),
    Parameter("style", default: "torch", "torch, keras (momentumDecay 1) or optax (momentum constant)"),
  ]

  public var rate: any Schedule
  public var scaling: NesterovMoments

  /// - Parameters:
  ///   - epsilon: the style's by default.
  ///   - momentumDecay: the style's by default.
  public init(
    rate: any Schedule = 0.002, beta1: any Schedule = 0.9, beta2: Double = 0.999, epsilon: Double? = nil,
    momentumDecay: Double? = nil, style: Style = .torch
  ) {
    self.rate = rate
    let growth: Double? =
      switch style {
      case .torch: 0.004
      case .keras: 1
      case .optax: nil
      }
    scaling = NesterovMoments(
      beta1: beta1, beta2: beta2, epsilon: epsilon ?? (style == .keras ? 1e-7 : 1e-8),
      momentumDecay: momentumDecay ?? growth)
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    let style = try options.oneOf("style", default: Style.torch)
    self.init(style: style)
    rate = try options.schedule("rate", default: rate)
    scaling.beta1 = try options.momentum("beta1", default: scaling.beta1)
    scaling.beta2 = try options.decayFactor("beta2", default: scaling.beta2)
    scaling.epsilon = try options.nonNegative("epsilon", default: scaling.epsilon)
    scaling.momentumDecay = try options.nonNegativeOrNone("momentumDecay", default: scaling.momentumDecay)
  }

  public var transform: any Transform { Chain([scaling, ScaleByRate(rate)]) }
}
