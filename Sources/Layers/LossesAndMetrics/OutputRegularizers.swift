import Configuration

/// A modifier of a loss of logits, which looks at the probabilities that these stand for.
protocol LogitModifier: LossModifier {}

extension LogitModifier {
  /// - Throws: `ConfigurationError` if the loss isn't one of class logits.
  static func checkLogits(_ modifier: Self, _ options: Options) throws(ConfigurationError) {
    guard modifier.outputKind == .classLogits else {
      let found = type(of: modifier.loss).name
      throw .invalid(
        message: "'\(name)' takes a loss of class logits, such as softmaxCrossEntropy, and '\(found)' isn't one",
        origin: options.origin)
    }
  }
}

/// The confidence penalty: a loss minus `beta` times the entropy of the predicted classes (Pereyra et al. 2017).
///
/// Evaluation reports the same.
public struct ConfidencePenalized: Loss, LogitModifier {
  public static let declaration = Declaration(
    "confidencePenalized", "a loss minus a multiple of the entropy of the predicted classes",
    standard: ConfidencePenalized(SoftmaxCrossEntropy()),
    reference: Reference(
      "Pereyra et al.", 2017, "Regularizing Neural Networks by Penalizing Confident Output Distributions",
      "https://arxiv.org/abs/1701.06548"),
    settings: [
      Setting("loss", \.loss, .method, "the loss, of class logits"),
      Setting("beta", \.beta, .nonNegative, "what the entropy is multiplied by"),
    ], check: checkLogits)

  public var loss: any Loss
  public var beta: any Schedule

  /// Whether it is the entropy's term alone, without the loss.
  private var isAlone = false

  public init(_ loss: any Loss, beta: any Schedule = 0.1) { (self.loss, self.beta) = (loss, beta) }

  public var terms: [any Loss] {
    guard !isAlone else { return [self] }
    var entropy = self
    entropy.isAlone = true
    return loss.terms + [entropy]
  }

  public func scheduled(at progress: Progress) -> any Loss {
    var copy = self
    (copy.loss, copy.beta) = (loss.scheduled(at: progress), beta.fixed(at: progress))
    return copy
  }

  public func perExample(_ outputs: Tensor, _ targets: Tensor) -> Tensor {
    perExample(passes: [outputs], targets)
  }

  public func perExample(passes outputs: [Tensor], _ targets: Tensor) -> Tensor {
    let logarithms = outputs[0].logSoftmax()
    let entropy = -(logarithms.exp() * logarithms).sum([-1]).meanOfPositions()
    if isAlone { return -(entropy * beta.initial) }
    return loss.perExample(passes: outputs, targets) - entropy * beta.initial
  }
}

/// R-Drop: two passes with different dropout, whose predicted classes shall be alike (Liang et al. 2021).
///
/// The loss is the mean of both passes', plus `alpha` times the mean of the two Kullback-Leibler divergences between their
/// predictions. The paper adds up the passes' losses: its learning rate is twice this one's, its α half. A step costs two
/// passes. Evaluation, without dropout, is that of the loss.
public struct RDrop: Loss, LogitModifier {
  public static let declaration = Declaration(
    "rDrop", "R-Drop: two passes with different dropout, whose predictions shall be alike",
    standard: RDrop(SoftmaxCrossEntropy()),
    reference: Reference(
      "Liang et al.", 2021, "R-Drop: Regularized Dropout for Neural Networks", "https://arxiv.org/abs/2106.14448"),
    settings: [
      Setting("loss", \.loss, .method, "the loss, of class logits"),
      Setting("alpha", \.alpha, .nonNegative, "what the divergence of the predictions is multiplied by"),
    ], check: checkLogits)

  public var loss: any Loss
  public var alpha: any Schedule

  /// Which part of the sum it is.
  private var part = Part.whole

  private enum Part { case whole, losses, divergence }

  public init(_ loss: any Loss, alpha: any Schedule = 1.0) { (self.loss, self.alpha) = (loss, alpha) }

  public var passes: Int { 2 }

  public var terms: [any Loss] {
    guard part == .whole else { return [self] }
    var divergence = self
    divergence.part = .divergence
    return loss.terms.map { term in
      var mean = self
      (mean.loss, mean.part) = (term, .losses)
      return mean
    } + [divergence]
  }

  public func scheduled(at progress: Progress) -> any Loss {
    var copy = self
    (copy.loss, copy.alpha) = (loss.scheduled(at: progress), alpha.fixed(at: progress))
    return copy
  }

  public func perExample(passes outputs: [Tensor], _ targets: Tensor) -> Tensor {
    let losses = outputs.map { loss.perExample($0, targets) }
    let mean = losses.dropFirst().reduce(losses[0], +) / Double(losses.count)
    guard let last = outputs.last, outputs.count > 1, part != .losses else { return mean }
    let (one, other) = (outputs[0].logSoftmax(), last.logSoftmax())
    // The mean of both divergences: half the sum of (p - q)(log p - log q).
    let divergence = ((one.exp() - other.exp()) * (one - other)).sum([-1]).meanOfPositions() * 0.5
    return part == .divergence ? divergence * alpha.initial : mean + divergence * alpha.initial
  }
}
