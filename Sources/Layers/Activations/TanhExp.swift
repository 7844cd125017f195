import Configuration

/// x·tanh(e^x) (Liu and Di 2020). The least value is about -0.35329, at -1.0789; the slope is at most 1.06198,
/// at 0.6966.
public struct TanhExp: Activation {
  public static let name = "tanhExp"
  public static let summary = "x·tanh(e^x) (Liu and Di 2020)"
  public var range: ClosedRange<Double> { -0.3532857778482113...Double.infinity }

  public init() {}
  public init(from options: inout Options) throws(ConfigurationError) {}

  // tanh(e^4) is 1 in any type. Beyond, e^x would overflow and make the derivative 0·∞, however it is written.
  public func callAsFunction(_ x: Tensor) -> Tensor { x * x.minimum(4).exp().tanh() }
}
