import Configuration

/// 1/(1 + e^-x), the logistic function.
public struct Sigmoid: Activation {
  public static let name = "sigmoid"
  public static let summary = "1/(1 + e^-x)"
  public var range: ClosedRange<Double> { 0...1 }

  public init() {}
  public init(from options: inout Options) throws(ConfigurationError) {}

  public func callAsFunction(_ x: Tensor) -> Tensor { x.sigmoid() }
}
