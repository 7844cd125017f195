import Configuration

/// Uniform values in `-limit..<limit`.
public struct UniformInitializer: Initializer {
  public static let name = "uniform"
  public static let summary = "Uniform values in -limit..<limit."
  public static let parameters = [Parameter("limit", default: 0.05, "the bound, 0 or more")]

  public var limit: Double

  public init(limit: Double = 0.05) { self.limit = limit }

  public init(from options: inout Options) throws(ConfigurationError) {
    limit = try options.number("limit", default: 0.05, in: 0...1e30)
  }

  public func callAsFunction(_ shape: Shape, dtype: DType, key: Key) -> Tensor {
    key.uniform(shape, dtype: dtype) * (2 * limit) - limit
  }
}

extension Initializer where Self == UniformInitializer {
  /// ``UniformInitializer``.
  public static func uniform(limit: Double) -> Self { UniformInitializer(limit: limit) }
}
