import Configuration

/// x·ReLU6(x + 3)/6 (Howard et al. 2019, MobileNetV3), generalized by article 2 to a width and divisor `n`:
/// x above n/2, x(x + n/2)/n above -n/2, 0 below.
///
/// The comparisons are strict: the derivative is 1.5 at n/2, where it falls to 1, and 0 at -n/2, where it falls
/// to -0.5. The least value is -n/16, at -n/4.
public struct HSwish: Activation {
  public static let name = "hSwish"
  public static let summary = "x·clip(x/n + 1/2, 0, 1), Swish made of pieces (Howard et al. 2019)"
  public static let parameters = [Parameter("n", default: 6, "the width of the curved piece, above 0")]
  public var range: ClosedRange<Double> { -n / 16...Double.infinity }

  public var n: Double

  public init(n: Double = 6) { self.n = n }

  public init(from options: inout Options) throws(ConfigurationError) {
    n = try options.number("n", default: 6, in: 1e-6...1e6)
  }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    let curve = x * (x + n / 2) / n
    return Tensor.select(x .> n / 2, x, curve.replaced(where: x .<= -n / 2, by: 0))
  }
}
