import Configuration

/// Gradients over the root of the sum of all their squares (Duchi et al. 2011), see ``AccumulatedSquares``.
///
/// - ``FrameworkStyle/torch``: the sum begins at 0, epsilon 1e-10 outside the root;
/// - ``FrameworkStyle/keras``: the sum begins at 0.1, epsilon 1e-7 inside the root.
public struct AdaGrad: Optimizer {
  public static let name = "adagrad"
  public static let summary = "gradients over the root of the sum of their squares (Duchi et al. 2011)"
  public static let parameters: [Parameter] = [
    .rate(0.01),
    Parameter("initialSum", default: 0, "the sum before the first step; 0.1 in style keras"),
    Parameter("epsilon", default: 1e-10, "added to the root (torch), or inside it and 1e-7 (keras)"),
    .style(.torch, "torch: epsilon outside the root; keras: inside"),
  ]

  public var rate: any Schedule
  public var scaling: AccumulatedSquares

  /// - Parameters:
  ///   - initialSum: the style's by default.
  ///   - epsilon: the style's by default.
  public init(
    rate: any Schedule = 0.01, initialSum: Double? = nil, epsilon: Double? = nil, style: FrameworkStyle = .torch
  ) {
    self.rate = rate
    scaling =
      switch style {
      case .torch: AccumulatedSquares(initialSum: initialSum ?? 0, epsilon: epsilon ?? 1e-10)
      case .keras:
        AccumulatedSquares(initialSum: initialSum ?? 0.1, epsilon: epsilon ?? 1e-7, placement: .insideRoot)
      }
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    self.init(style: try options.oneOf("style", default: .torch))
    rate = try options.schedule("rate", default: rate)
    scaling.initialSum = try options.nonNegative("initialSum", default: scaling.initialSum)
    scaling.epsilon = try options.nonNegative("epsilon", default: scaling.epsilon)
  }

  public var transform: any Transform { Chain([scaling, ScaleByRate(rate)]) }
}
