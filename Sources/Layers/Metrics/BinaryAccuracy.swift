import Configuration

/// The share of outputs on the target's side of a threshold; an example of several outputs has their mean.
public struct BinaryAccuracy: Metric {
  public static let name = "binaryAccuracy"
  public static let summary = "Whether outputs lie on their 0/1 target's side of a threshold."
  public static let parameters = [
    Parameter("threshold", default: 0.5, "above counts as 1: 0.5 for probabilities, 0 for logits")
  ]

  public var threshold: Double

  public init(threshold: Double = 0.5) { self.threshold = threshold }

  public init(from options: inout Options) throws(ConfigurationError) {
    threshold = try options.number("threshold", default: 0.5)
  }

  public func perExample(_ outputs: Tensor, _ targets: Tensor) -> Tensor {
    let targets = targets.asValues(for: outputs, operation: Self.name)
    return (((outputs .> threshold) .== (targets .> 0.5))).cast(to: outputs.dtype).meanOfPositions()
  }
}
