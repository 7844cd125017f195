import Configuration

/// An ELU whose scale and alpha keep mean 0 and variance 1 (Klambauer et al. 2017); at 0 its derivative is the lower
/// side's, scale·alpha.
public struct SELU: Activation {
  public static let name = "selu"
  public static let summary = "scale·(x, alpha(e^x - 1) below 0), self-normalizing (Klambauer et al. 2017)"
  public var range: ClosedRange<Double> { -1.7580993408473769...Double.infinity }

  public init() {}
  public init(from options: inout Options) throws(ConfigurationError) {}

  public func callAsFunction(_ x: Tensor) -> Tensor { ELU(alpha: 1.6732632423543772)(x) * 1.0507009873554805 }
}
