/// How values to predict were standardized: `(y - mean) / deviation`.
///
/// ```swift
/// var method = Method(loss: MeanSquaredError(), optimizer: Adam())
/// method.metrics = [MeanAbsoluteError(), R2()]
/// method.targetScale = TargetScale(mean: 152, deviation: 77)  // metrics in the targets' own unit
/// ```
public struct TargetScale: Sendable, Hashable {
  public var mean: Double
  public var deviation: Double

  public init(mean: Double, deviation: Double) { (self.mean, self.deviation) = (mean, deviation) }

  /// Values in their own unit, in double precision: a mean that is large beside the deviation would take digits otherwise.
  func restored(_ values: Tensor) -> Tensor {
    values.dtype.isFloatingPoint ? values.cast(to: .float64) * deviation + mean : values
  }
}
