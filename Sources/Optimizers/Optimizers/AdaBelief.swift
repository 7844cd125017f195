import Configuration

/// Adam over the gradients' surprise (Zhuang et al. 2020), see ``BeliefMoments``.
public struct AdaBelief: Optimizer {
  public static let name = "adaBelief"
  public static let summary = "Adam over how far gradients are from their mean (Zhuang et al. 2020)"
  public static let parameters: [Parameter] = [
    .rate(0.001), .beta1,
    Parameter("beta2", default: 0.999, "what is kept of the mean squared surprise in each step"),
    Parameter("epsilon", default: 1e-16, "added to the root"),
    Parameter("epsilonRoot", default: 1e-16, "added to the mean square in each step"),
    .decay(0), .excludeFromDecay,
  ]

  public var rate: any Schedule
  public var scaling: BeliefMoments
  public var decay: any Schedule
  public var decayFilter: PathFilter

  public init(
    rate: any Schedule = 0.001, beta1: any Schedule = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-16,
    epsilonRoot: Double = 1e-16, decay: any Schedule = 0.0, decayFilter: PathFilter = .all
  ) {
    self.rate = rate
    scaling = BeliefMoments(beta1: beta1, beta2: beta2, epsilon: epsilon, epsilonRoot: epsilonRoot)
    self.decay = decay
    self.decayFilter = decayFilter
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    self.init()
    rate = try options.schedule("rate", default: rate)
    scaling.beta1 = try options.momentum("beta1", default: scaling.beta1)
    scaling.beta2 = try options.decayFactor("beta2", default: scaling.beta2)
    scaling.epsilon = try options.nonNegative("epsilon", default: scaling.epsilon)
    scaling.epsilonRoot = try options.nonNegative("epsilonRoot", default: scaling.epsilonRoot)
    decay = try options.schedule("decay", default: decay)
    decayFilter = try options.filter(excluding: "excludeFromDecay")
  }

  public var transform: any Transform {
    var chain: [any Transform] = [scaling]
    chain.append(decay: decay, filter: decayFilter)
    return Chain(chain + [ScaleByRate(rate)])
  }
}
