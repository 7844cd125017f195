import Configuration

/// x times the normal distribution function of x (Hendrycks and Gimpel 2016), or its approximation by a tanh.
public struct GELU: Activation {
  public static let name = "gelu"
  public static let summary = "x·Φ(x) (Hendrycks and Gimpel 2016)"
  public static let parameters = [
    Parameter("approximate", default: false, "whether Φ is approximated by a tanh, as in GPT-2")
  ]
  public var range: ClosedRange<Double> {
    (isApproximate ? -0.17004075057125405 : -0.16997120747990367)...Double.infinity
  }

  public var isApproximate: Bool

  public init(isApproximate: Bool = false) { self.isApproximate = isApproximate }

  public init(from options: inout Options) throws(ConfigurationError) {
    isApproximate = try options.flag("approximate", default: false)
  }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    guard isApproximate else { return x * ((x * 0.5.squareRoot()).erf() * 0.5 + 0.5) }
    // (1 + tanh(z))/2 is sigmoid(2z). Past ±20 that is 0 or 1, and the cube would overflow.
    let near = x.clamped(to: -20...20)
    let scale = 2 * (2 / Double.pi).squareRoot()
    return x * (near * (near * near * (0.044715 * scale) + scale)).sigmoid()
  }
}
