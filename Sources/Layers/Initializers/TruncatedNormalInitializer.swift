import Configuration

/// Normal values around 0, none further than two deviations. What is left deviates less: 0.88 times `deviation`.
public struct TruncatedNormalInitializer: Initializer {
  public static let name = "truncatedNormal"
  public static let summary = "Normal values around 0, cut at two deviations."
  public static let parameters = [Parameter("deviation", default: 0.05, "the standard deviation before the cut")]

  public var deviation: Double

  public init(deviation: Double = 0.05) { self.deviation = deviation }

  public init(from options: inout Options) throws(ConfigurationError) {
    deviation = try options.number("deviation", default: 0.05, in: 0...1e30)
  }

  public func callAsFunction(_ shape: Shape, dtype: DType, key: Key) -> Tensor {
    // The bounds of the cut need an order.
    deviation >= 0
      ? key.truncatedNormal(shape, deviation: deviation, dtype: dtype)
      : .failed(Diagnostic(operation: Self.name, message: "the deviation is \(deviation), but must be 0 or more"))
  }
}

extension Initializer where Self == TruncatedNormalInitializer {
  /// ``TruncatedNormalInitializer``.
  public static func truncatedNormal(deviation: Double) -> Self { TruncatedNormalInitializer(deviation: deviation) }
}
