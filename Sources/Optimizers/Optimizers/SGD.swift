import Configuration

/// Stochastic gradient descent, `w -= rate * g`, with momentum if asked for.
///
/// - ``FrameworkStyle/torch``: `v' = mu v + (1 - dampening) g`, `w -= rate v'`;
/// - ``FrameworkStyle/keras``: `v' = mu v - rate g`, `w += v'`.
///
/// They agree while the rate stays the same. With Nesterov's momentum `w` moves by `g + mu v'` (`mu v' - rate g`)
/// instead; see ``Nesterov``. Robbins and Monro 1951; Polyak 1964; Nesterov 1983.
public struct SGD: Optimizer {
  public static let name = "sgd"
  public static let summary = "stochastic gradient descent, with momentum if asked for (Robbins and Monro 1951)"
  public static let parameters: [Parameter] = [
    .rate(0.1),
    .momentum(0),
    Parameter("nesterov", default: false, "whether the step looks ahead along the velocity"),
    .dampening,
    .style(.torch, "torch: the rate scales the velocity; keras: what enters it"),
    .coupledDecay,
    .excludeFromDecay,
  ]

  public var rate: any Schedule
  public var momentum: any Schedule
  public var isNesterov: Bool
  public var dampening: Double
  public var style: FrameworkStyle
  public var coupledDecay: any Schedule
  public var decayFilter: PathFilter

  public init(
    rate: any Schedule = 0.1, momentum: any Schedule = 0.0, isNesterov: Bool = false, dampening: Double = 0,
    style: FrameworkStyle = .torch, coupledDecay: any Schedule = 0.0, decayFilter: PathFilter = .all
  ) {
    self.rate = rate
    self.momentum = momentum
    self.isNesterov = isNesterov
    self.dampening = dampening
    self.style = style
    self.coupledDecay = coupledDecay
    self.decayFilter = decayFilter
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    self.init()
    rate = try options.schedule("rate", default: rate)
    momentum = try options.momentum("momentum", default: momentum)
    isNesterov = try options.flag("nesterov", default: isNesterov)
    dampening = try options.decayFactor("dampening", default: dampening)
    style = try options.oneOf("style", default: style)
    coupledDecay = try options.schedule("coupledDecay", default: coupledDecay)
    decayFilter = try options.filter(excluding: "excludeFromDecay")
  }

  public var transform: any Transform {
    var chain: [any Transform] = []
    chain.append(decay: coupledDecay, filter: decayFilter)
    var scaling: [any Transform] = [MomentumTrace(momentum, dampening: dampening, isNesterov: isNesterov)]
    if let momentum = momentum as? Double, momentum == 0 { scaling = [] }
    scaling.insert(ScaleByRate(rate), at: style == .keras ? 0 : scaling.count)
    return Chain(chain + scaling)
  }
}
