/// Normal values, cut at two deviations, of variance 1/inputs (LeCun et al. 1998); SELU's.
public struct LeCunNormal: Initializer, VarianceScalingPreset {
  public static let name = "lecunNormal"
  public static let summary = "Cut normal, variance 1/inputs (LeCun et al. 1998)"
  public static let rule = VarianceScaling()

  public init() {}
}

extension Initializer where Self == LeCunNormal {
  /// ``LeCunNormal``.
  public static var lecunNormal: Self { LeCunNormal() }
}
