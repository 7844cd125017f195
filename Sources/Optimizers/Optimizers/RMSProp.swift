import Configuration

/// Gradients over the root of their running mean square (Tieleman and Hinton 2012), see ``RootMeanSquare``.
///
/// - ``FrameworkStyle/torch``: keeps 0.99, epsilon 1e-8 outside the root, and the rate scales the velocity;
/// - ``FrameworkStyle/keras``: keeps 0.9, epsilon 1e-7 inside the root, and the rate scales what enters it.
public struct RMSProp: Optimizer {
  public static let name = "rmsprop"
  public static let summary = "gradients over the root of their running mean square (Tieleman and Hinton 2012)"
  public static let parameters: [Parameter] = [
    .rate(0.01),
    Parameter("keeping", default: 0.99, "what is kept of the mean square in each step; 0.9 in style keras"),
    Parameter("epsilon", default: 1e-8, "added to the root (torch), or inside it and 1e-7 (keras)"),
    Parameter("centered", default: false, "whether the mean gradient is taken off"),
    .momentum(0),
    .style(.torch, "torch: epsilon outside the root; keras: inside"),
  ]

  public var rate: any Schedule
  public var scaling: RootMeanSquare
  public var momentum: any Schedule
  public var style: FrameworkStyle

  /// - Parameters:
  ///   - keeping: the style's by default.
  ///   - epsilon: the style's by default.
  public init(
    rate: any Schedule = 0.01, keeping: Double? = nil, epsilon: Double? = nil, isCentered: Bool = false,
    momentum: any Schedule = 0.0, style: FrameworkStyle = .torch
  ) {
    self.rate = rate
    self.momentum = momentum
    self.style = style
    scaling =
      switch style {
      case .torch: RootMeanSquare(keeping: keeping ?? 0.99, epsilon: epsilon ?? 1e-8, isCentered: isCentered)
      case .keras:
        RootMeanSquare(
          keeping: keeping ?? 0.9, epsilon: epsilon ?? 1e-7, placement: .insideRoot, isCentered: isCentered)
      }
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    let defaults = RMSProp(style: try options.oneOf("style", default: .torch))
    try self.init(
      rate: options.schedule("rate", default: defaults.rate),
      keeping: options.decayFactor("keeping", default: defaults.scaling.keeping),
      epsilon: options.nonNegative("epsilon", default: defaults.scaling.epsilon),
      isCentered: options.flag("centered", default: false),
      momentum: options.momentum("momentum", default: defaults.momentum), style: defaults.style)
  }

  public var transform: any Transform {
    Chain([scaling, SGD(rate: rate, momentum: momentum, style: style).transform])
  }
}
