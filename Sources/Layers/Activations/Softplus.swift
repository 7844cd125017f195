import Configuration

/// log(1 + e^x), a smooth ReLU (Dugas et al. 2001).
public struct Softplus: Activation {
  public static let name = "softplus"
  public static let summary = "log(1 + e^x) (Dugas et al. 2001)"
  public var range: ClosedRange<Double> { 0...Double.infinity }

  public init() {}
  public init(from options: inout Options) throws(ConfigurationError) {}

  public func callAsFunction(_ x: Tensor) -> Tensor { x.softplus() }
}
