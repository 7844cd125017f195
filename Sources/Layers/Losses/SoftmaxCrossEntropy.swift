import Configuration

/// The cross entropy of targets and the softmax of the outputs: `-sum(t log softmax(x))`.
///
/// Targets are class indices `[batch, …]` or probabilities `[batch, …, classes]`.
public struct SoftmaxCrossEntropy: Loss {
  public static let name = "softmaxCrossEntropy"
  public static let summary = "Cross entropy of the softmax of logits; class indices or probabilities."
  public static let parameters = [
    Parameter("labelSmoothing", default: 0, "the part of each target spread over all classes (Szegedy et al. 2016)"),
    Parameter("clip", default: 0, "smaller probabilities are reported as this; gradients aren't touched"),
  ]

  public var outputKind: OutputKind? { .classLogits }

  /// The part `s` of each target that is spread evenly: `t (1 - s) + s / classes`.
  public var labelSmoothing: Double
  /// The value takes probabilities below this as this, 1e-7 in article 2; the gradient stays that of the plain
  /// loss, `softmax(x) - t`, as where softmax and loss are differentiated in one. 0 clips nothing.
  public var clip: Double

  public init(labelSmoothing: Double = 0, clip: Double = 0) {
    self.labelSmoothing = labelSmoothing
    self.clip = clip
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    labelSmoothing = try options.number("labelSmoothing", default: 0, in: 0...1)
    clip = try options.number("clip", default: 0, in: 0...1)
  }

  public func perExample(_ outputs: Tensor, _ targets: Tensor) -> Tensor {
    ClassTargets(targets, for: outputs, operation: Self.name).perExample { targets in
      let smoothed = targets.smoothed(labelSmoothing)
      let logarithms = outputs.logSoftmax()
      let value = -(smoothed * logarithms).sum([-1])
      guard clip > 0 else { return value }
      let floor = Tensor(clip, dtype: outputs.dtype).log()
      let clipped = -(smoothed * logarithms.replaced(where: logarithms .< floor, by: floor)).sum([-1])
      return value + (clipped - value).stopGradient()
    }
  }
}

extension Tensor {
  /// Targets with a part spread evenly over the classes.
  func smoothed(_ part: Double) -> Tensor { part == 0 ? self : self * (1 - part) + part / Double(shape.last) }
}
