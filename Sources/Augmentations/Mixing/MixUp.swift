import Configuration

/// Each image and its target mixed with another's of the batch: `λ x + (1 - λ) x'`, λ of Beta(α, α) (Zhang et
/// al. 2018). Class indices become probabilities.
public struct MixUp: Augmentation {
  public static let name = "mixUp"
  public static let summary = "mixes images and targets in pairs (Zhang et al. 2018)"
  public static let parameters = [
    Parameter("alpha", default: 1, "of Beta(alpha, alpha), which the share is drawn of"),
    Parameter("each", default: "batch", "whether each image or each batch has a share of its own"),
  ]

  public var alpha: Double
  public var scope: MaskScope
  public var stage: AugmentationStage { .prepared }

  public init(alpha: Double = 1, each scope: MaskScope = .batch) {
    self.alpha = alpha
    self.scope = scope
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    alpha = try options.number("alpha", default: 1, in: 0.001...1000)
    scope = try options.oneOf("each", default: .batch)
  }

  public func check(_ images: ImageShape) throws(AugmentationError) {
    try AugmentationError.check(alpha, "\(Self.name).alpha", "from 0.001 to 1000") { (0.001...1000).contains($0) }
  }

  public func callAsFunction(_ batch: ImageBatch, key: Key) -> ImageBatch {
    let share = key.derived("share").symmetricBeta(scope.draws(batch.count), alpha: alpha)
    let partners = key.derived("partners").permutation(batch.count)
    var mixed = batch
    let (own, other) = (batch.values, batch.values.take(partners))
    mixed.images = other + (own - other) * share.perImage.cast(to: own.dtype)
    mixed.targets = batch.mixedTargets(with: partners, share: share)
    return mixed
  }
}
