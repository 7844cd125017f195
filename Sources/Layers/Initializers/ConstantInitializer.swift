import Configuration

/// One value everywhere.
public struct ConstantInitializer: Initializer {
  public static let name = "constant"
  public static let summary = "One value everywhere."
  public static let parameters = [Parameter("value", default: 0, "the value")]
  public var value: Double

  public init(_ value: Double) { self.value = value }

  public init(from options: inout Options) throws(ConfigurationError) {
    value = try options.number("value", default: 0, in: -1e300...1e300)
  }

  public func callAsFunction(_ shape: Shape, dtype: DType, key: Key) -> Tensor {
    Tensor(value, dtype: dtype).broadcast(to: shape)
  }
}

extension Initializer where Self == ConstantInitializer {
  /// All 0.
  public static var zeros: Self { ConstantInitializer(0) }
  /// All 1.
  public static var ones: Self { ConstantInitializer(1) }
}
