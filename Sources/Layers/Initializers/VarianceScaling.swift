import Configuration

/// Random values whose variance is `scale` over a count of connections: Glorot's, He's and LeCun's rules.
public struct VarianceScaling: Initializer {
  /// Which connections are counted.
  public enum Mode: String, Sendable, CaseIterable { case fanIn, fanOut, fanAverage }
  /// Where the values are drawn from; the normal is cut at two deviations and widened to keep its variance,
  /// as Keras does, or left whole, as PyTorch does.
  public enum Distribution: String, Sendable, CaseIterable { case uniform, truncatedNormal, normal }

  public static let name = "varianceScaling"
  public static let summary = "Random values of variance scale / fan, the rule behind Glorot's, He's and LeCun's."
  public static let parameters = [
    Parameter("scale", default: 1, "the numerator of the variance"),
    Parameter("mode", default: "fanIn", "fanIn, fanOut or fanAverage"),
    Parameter("distribution", default: "truncatedNormal", "uniform, truncatedNormal or normal"),
  ]

  public var scale: Double
  public var mode: Mode
  public var distribution: Distribution

  public init(scale: Double = 1, mode: Mode = .fanIn, distribution: Distribution = .truncatedNormal) {
    self.scale = scale
    self.mode = mode
    self.distribution = distribution
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    scale = try options.number("scale", default: 1, in: 0...Double.infinity)
    mode = try options.oneOf("mode", default: .fanIn)
    distribution = try options.oneOf("distribution", default: .truncatedNormal)
  }

  public func callAsFunction(_ shape: Shape, dtype: DType, key: Key) -> Tensor {
    let (fanIn, fanOut) = shape.fans
    let fan =
      switch mode {
      case .fanIn: Double(fanIn)
      case .fanOut: Double(fanOut)
      case .fanAverage: Double(fanIn + fanOut) / 2
      }
    let deviation = (scale / Swift.max(1, fan)).squareRoot()
    switch distribution {
    case .uniform:
      let limit = deviation * 3.0.squareRoot()
      return limit > 0 ? key.uniform(shape, in: -limit..<limit, dtype: dtype) : Tensor.zeros(shape, dtype: dtype)
    case .normal: return key.normal(shape, deviation: deviation, dtype: dtype)
    case .truncatedNormal:
      // The deviation of a standard normal cut at 2.
      return key.truncatedNormal(shape, deviation: deviation / 0.87962566103423978, dtype: dtype)
    }
  }
}

extension Shape {
  /// Connections into and out of a unit: receptive field times channels.
  var fans: (in: Int, out: Int) {
    if rank < 2 { return (elementCount, elementCount) }
    let field = dropLast(2).reduce(1, *)
    return (field * self[-2], field * self[-1])
  }
}
