import Configuration

/// A case of ``VarianceScaling`` that has a name of its own.
public protocol VarianceScalingPreset: Initializer {
  /// The rule and its settings.
  static var rule: VarianceScaling { get }
  init()
}

extension VarianceScalingPreset {
  public init(from options: inout Options) throws(ConfigurationError) { self.init() }

  public func callAsFunction(_ shape: Shape, dtype: DType, key: Key) -> Tensor {
    Self.rule(shape, dtype: dtype, key: key)
  }
}
