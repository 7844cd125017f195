/// Uniform values of variance 2/(inputs + outputs) (Glorot and Bengio 2010); Keras' default.
public struct GlorotUniform: Initializer, VarianceScalingPreset {
  public static let name = "glorotUniform"
  public static let summary = "Uniform, variance 2/(inputs + outputs) (Glorot and Bengio 2010)"
  public static let rule = VarianceScaling(mode: .fanAverage, distribution: .uniform)

  public init() {}
}

extension Initializer where Self == GlorotUniform {
  /// ``GlorotUniform``.
  public static var glorotUniform: Self { GlorotUniform() }
}
