import Configuration

/// The cross entropy of targets and probabilities: `-sum(t log(max(p, clip)))`, article 2's form.
///
/// Targets are class indices `[batch, …]` or probabilities `[batch, …, classes]`. Below the clip the gradient is
/// 0. Keras differs: it makes the outputs sum to 1 first and clips from above too. From logits,
/// ``SoftmaxCrossEntropy`` is exact and faster.
public struct ProbabilityCrossEntropy: Loss {
  public static let name = "probabilityCrossEntropy"
  public static let summary = "Cross entropy of probabilities, clipped from below; class indices or probabilities."
  public static let parameters = [
    Parameter("clip", default: 1e-7, "smaller probabilities count as this"),
    Parameter("labelSmoothing", default: 0, "the part of each target spread over all classes (Szegedy et al. 2016)"),
  ]

  public var outputKind: OutputKind? { .classProbabilities }

  public var clip: Double
  public var labelSmoothing: Double

  public init(clip: Double = 1e-7, labelSmoothing: Double = 0) {
    self.clip = clip
    self.labelSmoothing = labelSmoothing
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    clip = try options.number("clip", default: 1e-7, in: 1e-30...1)
    labelSmoothing = try options.number("labelSmoothing", default: 0, in: 0...1)
  }

  public func perExample(_ outputs: Tensor, _ targets: Tensor) -> Tensor {
    ClassTargets(targets, for: outputs, operation: Self.name).perExample { targets in
      let clipped = outputs.replaced(where: outputs .< clip, by: clip)
      return -(targets.smoothed(labelSmoothing) * clipped.log()).sum([-1])
    }
  }
}
