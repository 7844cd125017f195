import Configuration

/// Steps in the units of the parameters (Zeiler 2012), see ``AdaptiveDelta``.
///
/// - ``FrameworkStyle/torch``: rate 1, keeps 0.9, epsilon 1e-6;
/// - ``FrameworkStyle/keras``: rate 0.001, keeps 0.95, epsilon 1e-7.
public struct AdaDelta: Optimizer {
  public static let name = "adadelta"
  public static let summary = "steps in the units of the parameters (Zeiler 2012)"
  public static let parameters: [Parameter] = [
    Parameter("rate", default: 1, "learning rate or schedule; 0.001 in style keras"),
    Parameter("keeping", default: 0.9, "what is kept of the mean squares in each step; 0.95 in style keras"),
    Parameter("epsilon", default: 1e-6, "added inside the roots; 1e-7 in style keras"),
    .style(.torch, "whose defaults: torch or keras"),
  ]

  public var rate: any Schedule
  public var scaling: AdaptiveDelta

  /// - Parameters:
  ///   - rate: the style's by default, as are `keeping` and `epsilon`.
  public init(
    rate: (any Schedule)? = nil, keeping: Double? = nil, epsilon: Double? = nil, style: FrameworkStyle = .torch
  ) {
    switch style {
    case .torch:
      self.rate = rate ?? 1.0
      scaling = AdaptiveDelta(keeping: keeping ?? 0.9, epsilon: epsilon ?? 1e-6)
    case .keras:
      self.rate = rate ?? 0.001
      scaling = AdaptiveDelta(keeping: keeping ?? 0.95, epsilon: epsilon ?? 1e-7)
    }
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    self.init(style: try options.oneOf("style", default: .torch))
    rate = try options.schedule("rate", default: rate)
    scaling.keeping = try options.decayFactor("keeping", default: scaling.keeping)
    scaling.epsilon = try options.nonNegative("epsilon", default: scaling.epsilon)
  }

  public var transform: any Transform { Chain([scaling, ScaleByRate(rate)]) }
}
