import Configuration

/// The cross entropy between targets t and the softmax of the outputs x: `-sum(t log softmax(x))`.
///
/// Targets are class indices `[batch, …]` or probabilities `[batch, …, classes]`.
public struct SoftmaxCrossEntropy: Loss {
  public static let declaration = Declaration(
    "softmaxCrossEntropy", "cross entropy of logits; targets are class indices or probabilities",
    standard: SoftmaxCrossEntropy(),
    settings: [
      .labelSmoothing(\.labelSmoothing),
      Setting(
        "clip", \.clip, .probability,
        "lower bound of the probabilities in the reported value; gradients are unaffected"),
    ])

  public var outputKind: OutputKind? { .classLogits }

  /// Label smoothing ε (Szegedy et al. 2016, https://arxiv.org/abs/1512.00567): targets become
  /// `t (1 - ε) + ε/classes`.
  public var labelSmoothing: any Schedule
  /// The value clips probabilities at this lower bound, while the gradient stays that of the unclipped loss,
  /// `softmax(x) - t`, as in programs that differentiate softmax and loss together. 0 clips nothing.
  public var clip: Double

  public init(labelSmoothing: any Schedule = 0.0, clip: Double = 0) {
    self.labelSmoothing = labelSmoothing
    self.clip = clip
  }

  public func scheduled(at progress: Progress) -> any Loss {
    SoftmaxCrossEntropy(labelSmoothing: labelSmoothing.fixed(at: progress), clip: clip)
  }

  public func perExample(_ outputs: Tensor, _ targets: Tensor) -> Tensor {
    ClassTargets(targets, for: outputs, operation: Self.name).perExample { targets in
      let smoothed = targets.smoothed(labelSmoothing.initial)
      let value = outputs.softmaxCrossEntropy(smoothed)
      guard clip > 0 else { return value }
      let logarithms = outputs.logSoftmax()
      let floor = Tensor(clip, dtype: outputs.dtype).log()
      let clipped = -(smoothed * logarithms.replaced(where: logarithms .< floor, by: floor)).sum([-1])
      return value + (clipped - value).stopGradient()
    }
  }
}

/// The cross entropy between targets t and probabilities p: `-sum(t log(max(p, clip)))`.
///
/// Targets are class indices `[batch, …]` or probabilities `[batch, …, classes]`. Below the clip the gradient is 0.
/// Keras, in contrast, first makes the outputs sum to 1, and clips from above too. From logits,
/// ``SoftmaxCrossEntropy`` is exact and faster.
public struct ProbabilityCrossEntropy: Loss {
  public static let declaration = Declaration(
    "probabilityCrossEntropy", "cross entropy of probabilities; targets are class indices or probabilities",
    standard: ProbabilityCrossEntropy(),
    settings: [
      Setting("clip", \.clip, .number(in: 1e-30...1), "lower bound of the probabilities"),
      .labelSmoothing(\.labelSmoothing),
    ])

  public var outputKind: OutputKind? { .classProbabilities }

  public var clip: Double
  public var labelSmoothing: any Schedule

  public init(clip: Double = 1e-7, labelSmoothing: any Schedule = 0.0) {
    self.clip = clip
    self.labelSmoothing = labelSmoothing
  }

  public func scheduled(at progress: Progress) -> any Loss {
    ProbabilityCrossEntropy(clip: clip, labelSmoothing: labelSmoothing.fixed(at: progress))
  }

  public func perExample(_ outputs: Tensor, _ targets: Tensor) -> Tensor {
    ClassTargets(targets, for: outputs, operation: Self.name).perExample { targets in
      let clipped = outputs.replaced(where: outputs .< clip, by: clip)
      return -(targets.smoothed(labelSmoothing.initial) * clipped.log()).sum([-1])
    }
  }
}

/// The cross entropy of independent events with targets in 0...1, averaged over an example's outputs.
public struct BinaryCrossEntropy: Loss {
  /// What the outputs are.
  public enum Outputs: String, Sendable, CaseIterable { case logits, probabilities }

  public static let declaration = Declaration(
    "binaryCrossEntropy", "cross entropy of independent events, from logits or probabilities",
    standard: BinaryCrossEntropy(),
    settings: [
      Setting("of", \.outputs, .word, "what the outputs are"),
      Setting("clip", \.clip, .number(in: 0...0.5), "distance that probabilities keep from 0 and 1"),
    ])

  public var outputKind: OutputKind? { outputs == .logits ? .eventLogits : .eventProbabilities }

  public var outputs: Outputs
  /// Probabilities are clipped to `clip...(1 - clip)`, as in Keras; beyond, their gradient is 0.
  public var clip: Double

  public init(of outputs: Outputs = .logits, clip: Double = 1e-7) {
    self.outputs = outputs
    self.clip = clip
  }

  public func perExample(_ outputs: Tensor, _ targets: Tensor) -> Tensor {
    let targets = targets.asValues(for: outputs, operation: Self.name)
    switch self.outputs {
    case .logits: return (outputs.softplus() - outputs * targets).meanOfPositions()
    case .probabilities:
      let p = outputs.replaced(where: outputs .< clip, by: clip).replaced(where: outputs .> 1 - clip, by: 1 - clip)
      return -(targets * p.log() + (1 - targets) * (1 - p).log()).meanOfPositions()
    }
  }
}

/// The Kullback-Leibler divergence of targets t from outputs p, both distributions over the last axis:
/// `sum(t log(t/p))`.
public struct KLDivergence: Loss {
  /// What the outputs are.
  public enum Outputs: String, Sendable, CaseIterable { case probabilities, logProbabilities }

  public static let declaration = Declaration(
    "klDivergence", "Kullback-Leibler divergence of target distributions from the outputs", standard: KLDivergence(),
    reference: Reference(
      "Kullback and Leibler", 1951, "On Information and Sufficiency", "https://doi.org/10.1214/aoms/1177729694"),
    settings: [
      Setting("of", \.outputs, .word, "what the outputs are"),
      Setting("clip", \.clip, .number(in: 1e-30...1), "lower bound of probabilities and their targets"),
    ])

  public var outputKind: OutputKind? { outputs == .probabilities ? .classProbabilities : .classLogProbabilities }

  public var outputs: Outputs
  /// Probabilities and their targets are clipped to `clip...1`, as in Keras. Log-probabilities aren't clipped, as in
  /// PyTorch: a target of 0 contributes 0.
  public var clip: Double

  public init(of outputs: Outputs = .probabilities, clip: Double = 1e-7) {
    self.outputs = outputs
    self.clip = clip
  }

  public func perExample(_ outputs: Tensor, _ targets: Tensor) -> Tensor {
    let targets = targets.asValues(for: outputs, operation: Self.name)
    let divergence: Tensor
    switch self.outputs {
    case .probabilities:
      let (t, p) = (clipped(targets), clipped(outputs))
      divergence = t * (t.log() - p.log())
    case .logProbabilities:
      let logarithms = targets.replaced(where: targets .<= 0, by: 1).log()
      divergence = targets * (logarithms - outputs)
    }
    return divergence.sum([-1]).meanOfPositions()
  }

  private func clipped(_ x: Tensor) -> Tensor {
    x.replaced(where: x .< clip, by: clip).replaced(where: x .> 1, by: 1)
  }
}

extension Setting {
  fileprivate static func labelSmoothing(_ property: WritableKeyPath<Method, any Schedule> & Sendable) -> Setting {
    Setting(
      "labelSmoothing", property, .probability, "label smoothing ε, the part of each target spread over all classes")
  }
}

/// A batch's targets for outputs whose last axis is classes: indices of one rank less, or values of the same shape.
enum ClassTargets {
  /// One-hot, and whether each index is a class.
  case indices(oneHot: Tensor, isValid: Tensor)
  case dense(Tensor)
  case mismatched(Tensor)

  init(_ targets: Tensor, for outputs: Tensor, operation: String) {
    if let diagnostic = outputs.diagnostic ?? targets.diagnostic {
      self = .mismatched(.failed(diagnostic))
    } else if outputs.rank < 2 || !outputs.dtype.isFloatingPoint {
      self = .mismatched(
        .failed(
          Diagnostic(
            operation: operation, message: "takes floating-point outputs [batch, …, classes]",
            inputs: [outputs.type, targets.type])))
    } else if targets.dtype.isInteger, targets.shape == Shape(outputs.shape.dropLast()) {
      let count = outputs.shape.last
      // A narrow type may be unable to hold the number of classes.
      let indices = targets.cast(to: .int32)
      self = .indices(
        oneHot: indices.oneHot(count, dtype: outputs.dtype), isValid: (indices .>= 0) .& (indices .< Double(count)))
    } else if targets.shape == outputs.shape {
      self = .dense(targets.cast(to: outputs.dtype))
    } else {
      self = .mismatched(
        .failed(
          Diagnostic(
            operation: operation,
            message:
              "targets must be integer class indices \(Shape(outputs.shape.dropLast())), or values \(outputs.shape)",
            inputs: [outputs.type, targets.type])))
    }
  }

  /// Numbers of the outputs' shape.
  var values: Tensor {
    switch self {
    case .indices(let oneHot, _): oneHot
    case .dense(let targets), .mismatched(let targets): targets
    }
  }

  /// Each example's loss by `loss`, which maps targets of the outputs' shape to one number per position.
  /// An invalid class index makes its example NaN; otherwise it would count as no loss at all.
  func perExample(_ loss: (Tensor) -> Tensor) -> Tensor {
    switch self {
    case .indices(let oneHot, let isValid):
      loss(oneHot).replaced(where: .!isValid, by: .nan).meanOfPositions()
    case .dense(let targets): loss(targets).meanOfPositions()
    case .mismatched(let failed): failed
    }
  }
}

extension Tensor {
  /// Targets with a part spread evenly over the classes.
  fileprivate func smoothed(_ part: Coefficient) -> Tensor {
    part.constant == 0 ? self : self * (1 - part) + part / Double(shape.last)
  }
}
