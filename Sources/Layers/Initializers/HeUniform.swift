/// Uniform values of variance 2/inputs (He et al. 2015).
public struct HeUniform: Initializer, VarianceScalingPreset {
  public static let name = "heUniform"
  public static let summary = "Uniform, variance 2/inputs (He et al. 2015)"
  public static let rule = VarianceScaling(scale: 2, distribution: .uniform)

  public init() {}
}

extension Initializer where Self == HeUniform {
  /// ``HeUniform``.
  public static var heUniform: Self { HeUniform() }
}
