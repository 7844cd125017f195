import Configuration

/// Momentum brought near an orthogonal matrix, for tensors of two axes; ``NAdam`` with a constant momentum for
/// the rest (Jordan et al. 2024, as optax computes it), see ``Orthogonalize``.
public struct Muon: Optimizer {
  public static let name = "muon"
  public static let summary = "momentum of matrices made orthogonal, NAdam for the rest (Jordan et al. 2024)"
  public static let parameters: [Parameter] = [
    .rate(0.02),
    Parameter("momentum", default: 0.95, "what is kept of the mean gradient in each step, or a schedule for it"),
    Parameter("nesterov", default: true, "whether the step looks ahead along the mean"),
    Parameter("biasCorrection", default: true, "whether the mean's bias towards zero is corrected"),
    Parameter("iterations", default: 5, "steps of Newton and Schulz's iteration"),
    Parameter("epsilon", default: 1e-8, "added to the matrix' norm"),
    Parameter("otherRate", default: 0.001, "learning rate or schedule for what isn't a matrix"),
    .decay(0), .excludeFromDecay,
  ]

  public var rate: any Schedule
  public var scaling: Orthogonalize
  public var otherRate: any Schedule
  public var decay: any Schedule
  public var decayFilter: PathFilter

  public init(
    rate: any Schedule = 0.02, momentum: any Schedule = 0.95, isNesterov: Bool = true, correctsBias: Bool = true,
    iterations: Int = 5, epsilon: Double = 1e-8, otherRate: any Schedule = 0.001, decay: any Schedule = 0.0,
    decayFilter: PathFilter = .all
  ) {
    self.rate = rate
    scaling = Orthogonalize(
      beta: momentum, isNesterov: isNesterov, correctsBias: correctsBias, iterations: iterations, epsilon: epsilon)
    self.otherRate = otherRate
    self.decay = decay
    self.decayFilter = decayFilter
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    self.init()
    rate = try options.schedule("rate", default: rate)
    scaling.beta = try options.momentum("momentum", default: scaling.beta)
    scaling.isNesterov = try options.flag("nesterov", default: scaling.isNesterov)
    scaling.correctsBias = try options.flag("biasCorrection", default: scaling.correctsBias)
    scaling.iterations = try options.integer("iterations", default: scaling.iterations, in: 1...100)
    scaling.epsilon = try options.nonNegative("epsilon", default: scaling.epsilon)
    otherRate = try options.schedule("otherRate", default: otherRate)
    decay = try options.schedule("decay", default: decay)
    decayFilter = try options.filter(excluding: "excludeFromDecay")
  }

  public var transform: any Transform {
    func part(_ scaling: any Transform, rate: any Schedule) -> Chain {
      var chain: [any Transform] = [scaling]
      chain.append(decay: decay, filter: decayFilter)
      return Chain(chain + [ScaleByRate(rate)])
    }
    return Partition(
      matrices: part(scaling, rate: rate), others: part(NesterovMoments(momentumDecay: nil), rate: otherRate))
  }
}
