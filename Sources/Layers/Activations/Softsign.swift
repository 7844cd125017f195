import Configuration

/// x/(1 + |x|) (Turian et al. 2009).
public struct Softsign: Activation {
  public static let name = "softsign"
  public static let summary = "x/(1 + |x|) (Turian et al. 2009)"
  public var range: ClosedRange<Double> { -1...1 }

  public init() {}
  public init(from options: inout Options) throws(ConfigurationError) {}

  public func callAsFunction(_ x: Tensor) -> Tensor { x / (x.abs() + 1) }
}
