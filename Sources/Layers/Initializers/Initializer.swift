import Configuration

/// How a parameter's first values are drawn.
public protocol Initializer: Configurable {
  /// Values for a parameter of the given shape. Matrices are `[inputs, outputs]`, convolution kernels
  /// `[height, width, inputs, outputs]`.
  func callAsFunction(_ shape: Shape, dtype: DType, key: Key) -> Tensor
}

/// One value everywhere.
public struct ConstantInitializer: Initializer {
  public static let declaration = Declaration(
    "constant", "one value everywhere", standard: ConstantInitializer(),
    settings: [Setting("value", \.value, .finite, "the value")])

  public var value: Double

  public init(_ value: Double = 0) { self.value = value }

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

/// Uniform values in `-limit..<limit`.
public struct UniformInitializer: Initializer {
  public static let declaration = Declaration(
    "uniform", "uniform in -limit..<limit", standard: UniformInitializer(),
    settings: [Setting("limit", \.limit, .nonNegative, "bound of the absolute values")])

  public var limit: Double

  public init(limit: Double = 0.05) { self.limit = limit }

  public func callAsFunction(_ shape: Shape, dtype: DType, key: Key) -> Tensor {
    key.uniform(shape, dtype: dtype) * (2 * limit) - limit
  }
}

extension Initializer where Self == UniformInitializer {
  /// ``UniformInitializer``.
  public static func uniform(limit: Double) -> Self { UniformInitializer(limit: limit) }
}

/// Normal values with mean 0.
public struct NormalInitializer: Initializer {
  public static let declaration = Declaration(
    "normal", "normal with mean 0", standard: NormalInitializer(),
    settings: [Setting("deviation", \.deviation, .nonNegative, "standard deviation σ")])

  public var deviation: Double

  public init(deviation: Double = 0.05) { self.deviation = deviation }

  public func callAsFunction(_ shape: Shape, dtype: DType, key: Key) -> Tensor {
    key.normal(shape, deviation: deviation, dtype: dtype)
  }
}

extension Initializer where Self == NormalInitializer {
  /// ``NormalInitializer``.
  public static func normal(deviation: Double) -> Self { NormalInitializer(deviation: deviation) }
}

/// Normal values with mean 0, truncated at two standard deviations. Truncation leaves 0.88 times `deviation`.
public struct TruncatedNormalInitializer: Initializer {
  public static let declaration = Declaration(
    "truncatedNormal", "normal with mean 0, truncated at 2σ", standard: TruncatedNormalInitializer(),
    settings: [Setting("deviation", \.deviation, .nonNegative, "standard deviation σ before truncation")])

  public var deviation: Double

  public init(deviation: Double = 0.05) { self.deviation = deviation }

  public func callAsFunction(_ shape: Shape, dtype: DType, key: Key) -> Tensor {
    // A negative deviation would swap the bounds.
    deviation >= 0
      ? key.truncatedNormal(shape, deviation: deviation, dtype: dtype)
      : .failed(Diagnostic(operation: Self.name, message: "the deviation is \(deviation), but must be 0 or more"))
  }
}

extension Initializer where Self == TruncatedNormalInitializer {
  /// ``TruncatedNormalInitializer``.
  public static func truncatedNormal(deviation: Double) -> Self { TruncatedNormalInitializer(deviation: deviation) }
}
