/// Normal values, cut at two deviations, of variance 2/(inputs + outputs) (Glorot and Bengio 2010).
public struct GlorotNormal: Initializer, VarianceScalingPreset {
  public static let name = "glorotNormal"
  public static let summary = "Cut normal, variance 2/(inputs + outputs) (Glorot and Bengio 2010)"
  public static let rule = VarianceScaling(mode: .fanAverage)

  public init() {}
}

extension Initializer where Self == GlorotNormal {
  /// ``GlorotNormal``.
  public static var glorotNormal: Self { GlorotNormal() }
}
