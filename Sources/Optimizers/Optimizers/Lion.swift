import Configuration

/// The sign of an interpolated mean, with decoupled decay (Chen et al. 2023):
/// `w -= rate * (sign(beta1 m + (1 - beta1) g) + decay * w)`.
public struct Lion: Optimizer {
  public static let name = "lion"
  public static let summary = "the sign of the momentum (Chen et al. 2023)"
  public static let parameters: [Parameter] = [
    .rate(0.0001),
    Parameter("beta1", default: 0.9, "the mean's part in the step, or a schedule for it"),
    Parameter("beta2", default: 0.99, "what is kept of the mean gradient in each step"),
    .decay(0), .excludeFromDecay,
  ]

  public var rate: any Schedule
  public var scaling: SignedMomentum
  public var decay: any Schedule
  public var decayFilter: PathFilter

  public init(
    rate: any Schedule = 0.0001, beta1: any Schedule = 0.9, beta2: Double = 0.99, decay: any Schedule = 0.0,
    decayFilter: PathFilter = .all
  ) {
    self.rate = rate
    scaling = SignedMomentum(beta1: beta1, beta2: beta2)
    self.decay = decay
    self.decayFilter = decayFilter
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    self.init()
    rate = try options.schedule("rate", default: rate)
    scaling.beta1 = try options.momentum("beta1", default: scaling.beta1)
    scaling.beta2 = try options.decayFactor("beta2", default: scaling.beta2)
    decay = try options.schedule("decay", default: decay)
    decayFilter = try options.filter(excluding: "excludeFromDecay")
  }

  public var transform: any Transform {
    var chain: [any Transform] = [scaling]
    chain.append(decay: decay, filter: decayFilter)
    return Chain(chain + [ScaleByRate(rate)])
  }
}
