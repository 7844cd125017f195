import Configuration

/// The logarithm of the logistic function, finite where that rounds to 0.
public struct LogSigmoid: Activation {
  public static let name = "logSigmoid"
  public static let summary = "log(1/(1 + e^-x))"
  public var range: ClosedRange<Double> { -Double.infinity...0 }

  public init() {}
  public init(from options: inout Options) throws(ConfigurationError) {}

  public func callAsFunction(_ x: Tensor) -> Tensor { -(-x).softplus() }
}
