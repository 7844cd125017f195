import Configuration

/// The share of examples whose greatest output is the target's class; the first of equal outputs counts.
public struct Accuracy: Metric, AveragedMetric {
  public static let name = "accuracy"
  public static let summary = "Whether the greatest output is the target's class (index or one-hot)."

  public init() {}
  public init(from options: inout Options) throws(ConfigurationError) {}

  public func perExample(_ outputs: Tensor, _ targets: Tensor) -> Tensor {
    let classes = targets.asClasses(for: outputs, operation: Self.name)
    return (outputs.argMax() .== classes).cast(to: outputs.dtype).meanOfPositions()
  }

  public func incompatibility(
    _ kind: OutputKind?, outputs: Shape, targets: TargetDescription
  ) -> Incompatibility? { mismatchOfClasses(kind, outputs: outputs, targets: targets) }
}

extension Tensor {
  /// These targets as class indices (int32): as they are, or the greatest along the last axis.
  func asClasses(for outputs: Tensor, operation: String) -> Tensor {
    if let diagnostic = outputs.diagnostic ?? diagnostic { return .failed(diagnostic) }
    if outputs.rank >= 2 {
      if dtype.isInteger, shape == Shape(outputs.shape.dropLast()) { return cast(to: .int32) }
      if shape == outputs.shape { return argMax() }
    }
    return .failed(
      Diagnostic(
        operation: operation,
        message: "takes outputs [batch, …, classes], and targets that are integer class indices or have their shape",
        inputs: [outputs.type, type]))
  }
}
