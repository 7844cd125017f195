/// Each image and its target mixed with another's of the batch: `λ x + (1 - λ) x'`, λ of Beta(α, α) (Zhang et
/// al. 2018). Class indices become probabilities.
public struct MixUp: Augmentation, MixingAugmentation {
  public static let name = "mixUp"
  public static let summary = "mixes images and targets in pairs (Zhang et al. 2018)"

  public var alpha: Double
  public var scope: MaskScope

  public init(alpha: Double = 1, each scope: MaskScope = .batch) {
    self.alpha = alpha
    self.scope = scope
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
