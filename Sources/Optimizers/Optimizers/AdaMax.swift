import Configuration

/// Adam with the greatest magnitude in place of the second moment (Kingma and Ba 2015), see ``InfinityMoments``.
///
/// ``FrameworkStyle/torch`` adds epsilon (1e-8) inside the maximum, ``FrameworkStyle/keras`` (1e-7) outside.
public struct AdaMax: Optimizer {
  public static let name = "adamax"
  public static let summary = "Adam with the greatest magnitude of gradients (Kingma and Ba 2015)"
  public static let parameters: [Parameter] = [
    .rate(0.002),
    .beta1,
    Parameter("beta2", default: 0.999, "what is kept of the greatest magnitude in each step"),
    Parameter("epsilon", default: 1e-8, "keeps the divisor from being zero; 1e-7 in style keras"),
    .style(.torch, "torch: epsilon inside the maximum; keras: outside"),
  ]

  public var rate: any Schedule
  public var scaling: InfinityMoments

  /// - Parameter epsilon: the style's by default.
  public init(
    rate: any Schedule = 0.002, beta1: any Schedule = 0.9, beta2: Double = 0.999, epsilon: Double? = nil,
    style: FrameworkStyle = .torch
  ) {
    self.rate = rate
    scaling =
      switch style {
      case .torch: InfinityMoments(beta1: beta1, beta2: beta2, epsilon: epsilon ?? 1e-8)
      case .keras:
        InfinityMoments(beta1: beta1, beta2: beta2, epsilon: epsilon ?? 1e-7, placement: .outsideMaximum)
      }
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    self.init(style: try options.oneOf("style", default: .torch))
    rate = try options.schedule("rate", default: rate)
    scaling.beta1 = try options.momentum("beta1", default: scaling.beta1)
    scaling.beta2 = try options.decayFactor("beta2", default: scaling.beta2)
    scaling.epsilon = try options.nonNegative("epsilon", default: scaling.epsilon)
  }

  public var transform: any Transform { Chain([scaling, ScaleByRate(rate)]) }
}
