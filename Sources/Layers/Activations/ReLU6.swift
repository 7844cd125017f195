import Configuration

/// min(max(x, 0), 6) (Krizhevsky 2010); its derivative at 0 and 6 is 0.
public struct ReLU6: Activation {
  public static let name = "relu6"
  public static let summary = "min(max(x, 0), 6) (Krizhevsky 2010)"
  public var range: ClosedRange<Double> { 0...6 }

  public init() {}
  public init(from options: inout Options) throws(ConfigurationError) {}

  public func callAsFunction(_ x: Tensor) -> Tensor { x.saturated(to: range) }
}
