import Configuration

/// The mean of squared differences over an example's outputs; a loss and a metric.
public struct MeanSquaredError: Loss, Metric, AveragedMetric {
  public static let name = "meanSquaredError"
  public static let summary = "The mean of squared differences."

  public var outputKind: OutputKind? { .values }

  public init() {}
  public init(from options: inout Options) throws(ConfigurationError) {}

  public func perExample(_ outputs: Tensor, _ targets: Tensor) -> Tensor {
    (outputs - targets.asValues(for: outputs, operation: Self.name)).squared().meanOfPositions()
  }
  public func incompatibility(
    _ kind: OutputKind?, outputs: Shape, targets: TargetDescription
  ) -> Incompatibility? { mismatchOfValues(kind, outputs: outputs, targets: targets) }
}
