import Configuration

/// Adaptive flooding: each example's loss `l` becomes `|l - θ| + θ`, with a level `θ` of its own (AdaFlood, Bae et al. 2024).
///
/// An example's level is its loss under an auxiliary model that hasn't seen it, once a part ``gamma`` of that model's output
/// is replaced by the target. So examples that are hard to learn are held at a higher loss than easy ones. Training begins
/// with the auxiliary models: ``folds`` of them, each trained by the same method, without this flooding, for as many
/// epochs on all examples but every ``folds``-th one. It costs about ``folds`` trainings more.
///
/// Training reports what is minimized, evaluation the wrapped loss.
public struct AdaptivelyFlooded: Loss, LossModifier {
  public static let declaration = Declaration(
    "adaFlood", "adaptive flooding: |l - θ| + θ of each example's loss l, its level θ from models that haven't seen it",
    standard: AdaptivelyFlooded(SoftmaxCrossEntropy()),
    reference: Reference(
      "Bae et al.", 2024, "AdaFlood: Adaptive Flood Regularization", "https://arxiv.org/abs/2311.02891"),
    settings: [
      Setting("loss", \.loss, .method, "the loss l"),
      Setting(
        "gamma", \.gamma, .probability,
        "part of the auxiliary models' outputs that the target replaces; 1 floods nothing"),
      Setting("folds", \.folds, .integer(in: 2...1000), "auxiliary models, each for as large a part of the data"),
    ])

  public var loss: any Loss
  public var gamma: Double
  public var folds: Int
  /// The levels of the batch that the loss is of, `[batch]`; without them it is the wrapped loss.
  private(set) var levels: Tensor?

  public init(_ loss: any Loss, gamma: Double = 0.5, folds: Int = 5) {
    (self.loss, self.gamma, self.folds) = (loss, gamma, folds)
  }

  public var adaptiveFlooding: AdaptivelyFlooded? { self }

  public func flooded(atEach levels: Tensor?) -> any Loss {
    guard let levels else { return loss }
    var copy = self
    copy.levels = levels
    return copy
  }

  public func scheduled(at progress: Progress) -> any Loss {
    var copy = self
    copy.loss = loss.scheduled(at: progress)
    return copy
  }

  public func perExample(_ outputs: Tensor, _ targets: Tensor) -> Tensor {
    flooded(loss.perExample(outputs, targets))
  }

  public func perExample(passes outputs: [Tensor], _ targets: Tensor) -> Tensor {
    flooded(loss.perExample(passes: outputs, targets))
  }

  private func flooded(_ losses: Tensor) -> Tensor {
    levels.map { losses.flooded(at: $0.cast(to: losses.dtype)) } ?? losses
  }

  /// The levels of examples, `[batch]`.
  /// - Parameter outputs: of models that haven't seen them, `[batch, …]`.
  public func levels(outputs: Tensor, _ targets: Tensor) -> Tensor {
    loss.perExample(corrected(outputs, targets), targets)
  }

  /// Outputs of which a part is replaced by the targets: of probabilities what these outputs stand for.
  private func corrected(_ outputs: Tensor, _ targets: Tensor) -> Tensor {
    func mixed(_ own: Tensor, _ targets: Tensor) -> Tensor { own * (1 - gamma) + targets * gamma }
    // A probability may round to 0, whose logarithm would make the level NaN.
    func logarithm(_ probabilities: Tensor) -> Tensor { probabilities.maximum(1e-30).log() }
    guard let kind = loss.outputKind, kind != .values else {
      return mixed(outputs, targets.asValues(for: outputs, operation: Self.name))
    }
    if kind.isOfEvents {
      let yes = targets.asValues(for: outputs, operation: Self.name)
      guard kind == .eventLogits else { return mixed(outputs, yes) }
      return logarithm(mixed(outputs.sigmoid(), yes)) - logarithm(mixed((-outputs).sigmoid(), 1 - yes))
    }
    let classes = ClassTargets(targets, for: outputs, operation: Self.name).values
    switch kind {
    case .classLogits: return logarithm(mixed(outputs.softmax(), classes))
    case .classLogProbabilities: return logarithm(mixed(outputs.exp(), classes))
    case .classProbabilities, .values, .eventLogits, .eventProbabilities: return mixed(outputs, classes)
    }
  }
}

extension Loss {
  /// This loss, flooded at a level of each example's own; see ``AdaptivelyFlooded``.
  public func adaptivelyFlooded(gamma: Double = 0.5, folds: Int = 5) -> AdaptivelyFlooded {
    AdaptivelyFlooded(self, gamma: gamma, folds: folds)
  }
}
