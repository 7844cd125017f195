import Configuration

/// Adam with weight decay apart from the moments (Loshchilov and Hutter 2019):
/// `w -= rate * (M / (sqrt(V) + epsilon) + decay * w)`.
public struct AdamW: Optimizer {
  public static let name = "adamW"
  public static let summary = "Adam with decoupled weight decay (Loshchilov and Hutter 2019)"
  public static let parameters: [Parameter] = [
    .rate(0.001),
    .beta1,
    .beta2(0.999),
    Parameter("epsilon", default: 1e-8, "added to the root; 1e-7 in style keras"),
    .style(.torch, "where epsilon is added, after the bias correction (torch) or before (keras)"),
    Parameter("amsgrad", default: false, "whether to divide by the greatest second moment so far"),
    Parameter("biasCorrection", default: true, "whether the moments' bias towards zero is corrected"),
    .decay(0.01),
    .excludeFromDecay,
  ]

  public var rate: any Schedule
  public var moments: AdamMoments
  public var decay: any Schedule
  public var decayFilter: PathFilter

  /// - Parameter epsilon: the style's by default.
  public init(
    rate: any Schedule = 0.001, beta1: any Schedule = 0.9, beta2: Double = 0.999, epsilon: Double? = nil,
    style: FrameworkStyle = .torch, amsgrad: Bool = false, correctsBias: Bool = true, decay: any Schedule = 0.01,
    decayFilter: PathFilter = .all
  ) {
    self.rate = rate
    moments = AdamMoments(
      beta1: beta1, beta2: beta2, epsilon: epsilon, style: style, amsgrad: amsgrad, correctsBias: correctsBias)
    self.decay = decay
    self.decayFilter = decayFilter
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    rate = try options.schedule("rate", default: 0.001)
    moments = try AdamMoments(from: &options)
    decay = try options.schedule("decay", default: 0.01)
    decayFilter = try options.filter(excluding: "excludeFromDecay")
  }

  public var transform: any Transform {
    var chain: [any Transform] = [moments]
    chain.append(decay: decay, filter: decayFilter)
    return Chain(chain + [ScaleByRate(rate)])
  }
}
