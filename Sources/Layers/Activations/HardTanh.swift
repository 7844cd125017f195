import Configuration

/// min(max(x, -1), 1) (Collobert 2004); its derivative at -1 and 1 is 0.
public struct HardTanh: Activation {
  public static let name = "hardTanh"
  public static let summary = "min(max(x, -1), 1) (Collobert 2004)"
  public var range: ClosedRange<Double> { -1...1 }

  public init() {}
  public init(from options: inout Options) throws(ConfigurationError) {}

  public func callAsFunction(_ x: Tensor) -> Tensor { x.saturated(to: range) }
}
