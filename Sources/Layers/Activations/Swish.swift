import Configuration

/// x·sigmoid(beta·x) (Ramachandran et al. 2017); with beta = 1 also called SiLU (Elfwing et al. 2017). The
/// least value is about -0.27846/beta, at -1.2785/beta.
public struct Swish: Activation {
  public static let name = "swish"
  public static let summary = "x·sigmoid(beta·x), SiLU with beta = 1 (Ramachandran et al. 2017)"
  public static let parameters = [Parameter("beta", default: 1, "the steepness, above 0")]
  public var range: ClosedRange<Double> { -0.2784645427610738 / beta...Double.infinity }

  public var beta: Double

  public init(beta: Double = 1) { self.beta = beta }

  public init(from options: inout Options) throws(ConfigurationError) {
    beta = try options.number("beta", default: 1, in: 1e-6...1e6)
  }

  public func callAsFunction(_ x: Tensor) -> Tensor { x * (beta == 1 ? x : x * beta).sigmoid() }
}
