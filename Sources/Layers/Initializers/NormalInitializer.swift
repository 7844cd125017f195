import Configuration

/// Normal values around 0.
public struct NormalInitializer: Initializer {
  public static let name = "normal"
  public static let summary = "Normal values around 0."
  public static let parameters = [Parameter("deviation", default: 0.05, "the standard deviation")]

  public var deviation: Double

  public init(deviation: Double = 0.05) { self.deviation = deviation }

  public init(from options: inout Options) throws(ConfigurationError) {
    deviation = try options.number("deviation", default: 0.05, in: 0...1e30)
  }

  public func callAsFunction(_ shape: Shape, dtype: DType, key: Key) -> Tensor {
    key.normal(shape, deviation: deviation, dtype: dtype)
  }
}

extension Initializer where Self == NormalInitializer {
  /// ``NormalInitializer``.
  public static func normal(deviation: Double) -> Self { NormalInitializer(deviation: deviation) }
}
