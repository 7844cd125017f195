import Configuration

/// ReLU6(x + 3)/6 (Howard et al. 2019, and PyTorch and Keras 3); its derivative at -3 and 3 is 0.
public struct HardSigmoid: Activation {
  public static let name = "hardSigmoid"
  public static let summary = "ReLU6(x + 3)/6 (Howard et al. 2019)"
  public var range: ClosedRange<Double> { 0...1 }

  public init() {}
  public init(from options: inout Options) throws(ConfigurationError) {}

  public func callAsFunction(_ x: Tensor) -> Tensor { (x + 3).saturated(to: 0...6) / 6 }
}
