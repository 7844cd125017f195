import Configuration

/// x·tanh(softplus(x)) (Misra 2019). The least value is about -0.30884, at -1.1924.
public struct Mish: Activation {
  public static let name = "mish"
  public static let summary = "x·tanh(log(1 + e^x)) (Misra 2019)"
  public var range: ClosedRange<Double> { -0.3088434130172504...Double.infinity }

  public init() {}
  public init(from options: inout Options) throws(ConfigurationError) {}

  // tanh(log(1 + e)) is n/(n + 2) with n = e(e + 2): one exponential, no cancellation. From 20 on it is 1, in half
  // precision from 5, where e² still has room.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let e = x.minimum(x.dtype == .float16 ? 5 : 20).exp()
    let n = e * (e + 2)
    return x * (n / (n + 2))
  }
}
