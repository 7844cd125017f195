import Configuration

/// Nesterov's accelerated gradient, whose stored parameters are the points looked ahead to.
///
/// - ``Form/reformulated``: `v' = mu v - rate g(W)`, `W' = W - mu v + mu v' + v'`, as Keras computes it; in
///   ``FrameworkStyle/torch`` the rate scales the velocity instead, which differs when the rate changes;
/// - ``Form/classical``: `v' = mu v - rate g(w + mu v)`, `w' = w + v'`, with `W = w + mu v` stored so that the
///   gradient is taken there; `w` is kept beside it, see ``LookAheadMomentum``. The rate scales the gradient.
///
/// Nesterov 1983; Sutskever et al. 2013.
public struct Nesterov: Optimizer {
  /// Which variables are stored; the steps are the same.
  public enum Form: String, Sendable, Hashable, CaseIterable { case reformulated, classical }

  public static let name = "nesterov"
  public static let summary = "Nesterov's accelerated gradient (Nesterov 1983; Sutskever et al. 2013)"
  public static let parameters: [Parameter] = [
    .rate(0.01),
    Parameter("momentum", default: 0.9, "the part of the velocity kept in each step"),
    Parameter("form", default: "reformulated", "reformulated, or classical: keeps the point the velocity starts from"),
    .style(.keras, "keras: the rate scales what enters the velocity; torch: the velocity"),
    .coupledDecay,
    .excludeFromDecay,
  ]

  public var rate: any Schedule
  public var momentum: Double
  public var form: Form
  public var style: FrameworkStyle
  public var coupledDecay: any Schedule
  public var decayFilter: PathFilter

  public init(
    rate: any Schedule = 0.01, momentum: Double = 0.9, form: Form = .reformulated, style: FrameworkStyle = .keras,
    coupledDecay: any Schedule = 0.0, decayFilter: PathFilter = .all
  ) {
    self.rate = rate
    self.momentum = momentum
    self.form = form
    self.style = style
    self.coupledDecay = coupledDecay
    self.decayFilter = decayFilter
  }

  /// - Throws: ``ConfigurationError``, also for the classical form in PyTorch's style, which there isn't.
  public init(from options: inout Options) throws(ConfigurationError) {
    self.init()
    rate = try options.schedule("rate", default: rate)
    momentum = try options.decayFactor("momentum", default: momentum)
    form = try options.oneOf("form", default: form)
    style = try options.oneOf("style", default: style)
    coupledDecay = try options.schedule("coupledDecay", default: coupledDecay)
    decayFilter = try options.filter(excluding: "excludeFromDecay")
    if form == .classical, style == .torch {
      throw .invalid(
        message: "nesterov: 'form: classical' scales gradients by the rate: leave out 'style: torch'",
        origin: options.origin)
    }
  }

  public var transform: any Transform {
    guard form == .classical else {
      return SGD(
        rate: rate, momentum: momentum, isNesterov: true, style: style, coupledDecay: coupledDecay,
        decayFilter: decayFilter
      ).transform
    }
    var chain: [any Transform] = []
    chain.append(decay: coupledDecay, filter: decayFilter)
    return Chain(chain + [ScaleByRate(rate), LookAheadMomentum(momentum)])
  }
}
