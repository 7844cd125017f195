import Configuration

/// The hyperbolic tangent (LeCun et al. 1998).
public struct Tanh: Activation {
  public static let name = "tanh"
  public static let summary = "The hyperbolic tangent (LeCun et al. 1998)"
  public var range: ClosedRange<Double> { -1...1 }

  public init() {}
  public init(from options: inout Options) throws(ConfigurationError) {}

  public func callAsFunction(_ x: Tensor) -> Tensor { x.tanh() }
}
