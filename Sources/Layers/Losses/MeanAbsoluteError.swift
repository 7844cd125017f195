import Configuration

/// The mean of absolute differences over an example's outputs, its derivative 0 where they agree; a loss and a
/// metric.
public struct MeanAbsoluteError: Loss, Metric, AveragedMetric {
  public static let name = "meanAbsoluteError"
  public static let summary = "The mean of absolute differences."

  public var outputKind: OutputKind? { .values }

  public init() {}
  public init(from options: inout Options) throws(ConfigurationError) {}

  public func perExample(_ outputs: Tensor, _ targets: Tensor) -> Tensor {
    (outputs - targets.asValues(for: outputs, operation: Self.name)).abs().meanOfPositions()
  }
  public func incompatibility(
    _ kind: OutputKind?, outputs: Shape, targets: TargetDescription
  ) -> Incompatibility? { mismatchOfValues(kind, outputs: outputs, targets: targets) }
}
