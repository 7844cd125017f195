import Configuration

/// x above 0, alpha(e^x - 1) below (Clevert et al. 2015); at 0 its derivative is the lower side's, alpha.
public struct ELU: Activation {
  public static let name = "elu"
  public static let summary = "x above 0, alpha(e^x - 1) below (Clevert et al. 2015)"
  public static let parameters = [Parameter("alpha", default: 1, "minus the limit towards -∞")]
  public var range: ClosedRange<Double> { -alpha...Double.infinity }

  public var alpha: Double

  public init(alpha: Double = 1) { self.alpha = alpha }

  public init(from options: inout Options) throws(ConfigurationError) {
    alpha = try options.number("alpha", default: 1, in: 0...1e6)
  }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    let isAbove = x .> 0
    // An infinite exponential of a large x would make the gradient NaN though it isn't selected.
    return Tensor.select(isAbove, x, x.replaced(where: isAbove, by: 0).expm1() * alpha)
  }
}
