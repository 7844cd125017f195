/// Normal values, cut at two deviations, of variance 2/inputs (He et al. 2015). Uncut, as in PyTorch and
/// article 2: `varianceScaling(scale: 2, distribution: normal)`.
public struct HeNormal: Initializer, VarianceScalingPreset {
  public static let name = "heNormal"
  public static let summary = "Cut normal, variance 2/inputs (He et al. 2015)"
  public static let rule = VarianceScaling(scale: 2)

  public init() {}
}

extension Initializer where Self == HeNormal {
  /// ``HeNormal``.
  public static var heNormal: Self { HeNormal() }
}
