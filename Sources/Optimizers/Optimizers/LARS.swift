import Configuration

/// Momentum over steps in proportion to the parameters' norms (You et al. 2017):
/// `u = g + decay w`, `v' = mu v - rate * trust * |w| / |u| * u`, `w += v'`.
///
/// A parameter left out of adaptation, or with a norm of zero, takes `u` as it is.
public struct LARS: Optimizer {
  public static let name = "lars"
  public static let summary = "momentum with a rate per parameter, in proportion to its norm (You et al. 2017)"
  public static let parameters: [Parameter] = [
    .rate(0.1), .momentum(0.9),
    Parameter("nesterov", default: false, "whether the step looks ahead along the velocity"),
    Parameter("trustCoefficient", default: 0.001, "the step's norm as a part of the parameter's, before the rate"),
    Parameter("coupledDecay", default: 0, "weight decay as part of the gradient, inside the norm"),
    .excludeFromDecay,
    Parameter(
      "excludeFromAdaptation", default: "[]", "regular expressions for paths whose steps keep their own size"),
  ]

  public var rate: any Schedule
  public var momentum: any Schedule
  public var isNesterov: Bool
  public var trustCoefficient: Double
  public var coupledDecay: any Schedule
  public var decayFilter: PathFilter
  public var adaptationFilter: PathFilter

  public init(
    rate: any Schedule = 0.1, momentum: any Schedule = 0.9, isNesterov: Bool = false,
    trustCoefficient: Double = 0.001, coupledDecay: any Schedule = 0.0, decayFilter: PathFilter = .all,
    adaptationFilter: PathFilter = .all
  ) {
    self.rate = rate
    self.momentum = momentum
    self.isNesterov = isNesterov
    self.trustCoefficient = trustCoefficient
    self.coupledDecay = coupledDecay
    self.decayFilter = decayFilter
    self.adaptationFilter = adaptationFilter
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    self.init()
    rate = try options.schedule("rate", default: rate)
    momentum = try options.momentum("momentum", default: momentum)
    isNesterov = try options.flag("nesterov", default: isNesterov)
    trustCoefficient = try options.nonNegative("trustCoefficient", default: trustCoefficient)
    coupledDecay = try options.schedule("coupledDecay", default: coupledDecay)
    decayFilter = try options.filter(excluding: "excludeFromDecay")
    adaptationFilter = try options.filter(excluding: "excludeFromAdaptation")
  }

  public var transform: any Transform {
    var chain: [any Transform] = []
    chain.append(decay: coupledDecay, filter: decayFilter)
    chain.append(TrustRatio(coefficient: trustCoefficient, filter: adaptationFilter))
    return Chain(chain + [SGD(rate: rate, momentum: momentum, isNesterov: isNesterov, style: .keras).transform])
  }
}
