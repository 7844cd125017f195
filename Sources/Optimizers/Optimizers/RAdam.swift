import Configuration

/// Adam that begins as momentum, until the second moment's variance allows more (Liu et al. 2020), see
/// ``RectifiedMoments``. With ``Lookahead`` it is known as Ranger.
public struct RAdam: Optimizer {
  public static let name = "radam"
  public static let summary = "Adam rectified while its second moment is uncertain (Liu et al. 2020)"
  public static let parameters: [Parameter] = [
    .rate(0.001), .beta1, .beta2(0.999),
    Parameter("epsilon", default: 1e-8, "added to the root, before the bias correction"),
  ]

  public var rate: any Schedule
  public var scaling: RectifiedMoments

  public init(
    rate: any Schedule = 0.001, beta1: any Schedule = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8
  ) {
    self.rate = rate
    scaling = RectifiedMoments(beta1: beta1, beta2: beta2, epsilon: epsilon)
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    self.init()
    rate = try options.schedule("rate", default: rate)
    scaling.beta1 = try options.momentum("beta1", default: scaling.beta1)
    scaling.beta2 = try options.decayFactor("beta2", default: scaling.beta2)
    scaling.epsilon = try options.nonNegative("epsilon", default: scaling.epsilon)
  }

  public var transform: any Transform { Chain([scaling, ScaleByRate(rate)]) }
}
