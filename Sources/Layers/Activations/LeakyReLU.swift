import Configuration

/// x above 0, slope·x below (Maas et al. 2013); its derivative at 0 is the slope.
public struct LeakyReLU: Activation {
  public static let name = "leakyRelu"
  public static let summary = "x above 0, slope·x below (Maas et al. 2013)"
  public static let parameters = [
    Parameter("slope", default: 0.01, "below 0; 0.01 in the paper and PyTorch, 0.3 in Keras")
  ]
  public var range: ClosedRange<Double> { (slope == 0 ? 0 : -Double.infinity)...Double.infinity }

  public var slope: Double

  public init(slope: Double = 0.01) { self.slope = slope }

  public init(from options: inout Options) throws(ConfigurationError) {
    slope = try options.number("slope", default: 0.01, in: 0...1)
  }

  public func callAsFunction(_ x: Tensor) -> Tensor { Tensor.select(x .> 0, x, x * slope) }
}
