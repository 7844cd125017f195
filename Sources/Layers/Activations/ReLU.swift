import Configuration

/// max(x, 0); its derivative at 0 is 0.
public struct ReLU: Activation {
  public static let name = "relu"
  public static let summary = "max(x, 0) (Nair and Hinton 2010)"
  public var range: ClosedRange<Double> { 0...Double.infinity }

  public init() {}
  public init(from options: inout Options) throws(ConfigurationError) {}

  // A maximum would share the gradient at 0 between x and the constant.
  public func callAsFunction(_ x: Tensor) -> Tensor { x.replaced(where: x .<= 0, by: 0) }
}
