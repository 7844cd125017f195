/// Uniform values of variance 1/inputs (LeCun et al. 1998).
public struct LeCunUniform: Initializer, VarianceScalingPreset {
  public static let name = "lecunUniform"
  public static let summary = "Uniform, variance 1/inputs (LeCun et al. 1998)"
  public static let rule = VarianceScaling(distribution: .uniform)

  public init() {}
}

extension Initializer where Self == LeCunUniform {
  /// ``LeCunUniform``.
  public static var lecunUniform: Self { LeCunUniform() }
}
