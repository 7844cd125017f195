import Configuration

/// Gradient descent with a velocity: ``SGD`` with momentum 0.9 by default (Polyak 1964).
public struct Momentum: Optimizer {
  public static let name = "momentum"
  public static let summary = "gradient descent with momentum, 0.9 by default (Polyak 1964)"
  public static let parameters: [Parameter] = [
    .rate(0.01),
    .momentum(0.9),
    .dampening,
    .style(.torch, "torch: the rate scales the velocity; keras: what enters it"),
    .coupledDecay,
    .excludeFromDecay,
  ]

  /// The optimizer this is a name for.
  public var descent: SGD

  public init(
    rate: any Schedule = 0.01, momentum: any Schedule = 0.9, dampening: Double = 0, style: FrameworkStyle = .torch,
    coupledDecay: any Schedule = 0.0, decayFilter: PathFilter = .all
  ) {
    descent = SGD(
      rate: rate, momentum: momentum, dampening: dampening, style: style, coupledDecay: coupledDecay,
      decayFilter: decayFilter)
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    self.init()
    descent.rate = try options.schedule("rate", default: descent.rate)
    descent.momentum = try options.momentum("momentum", default: descent.momentum)
    descent.dampening = try options.decayFactor("dampening", default: descent.dampening)
    descent.style = try options.oneOf("style", default: descent.style)
    descent.coupledDecay = try options.schedule("coupledDecay", default: descent.coupledDecay)
    descent.decayFilter = try options.filter(excluding: "excludeFromDecay")
  }

  public var transform: any Transform { descent.transform }
}
