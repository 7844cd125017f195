/// Augmentations one after the other.
///
/// Affine ones that follow each other are one resampling: their maps are multiplied, so that pixels are
/// interpolated once. Those between which the fill differs are not.
public struct AugmentationPipeline: Sendable {
  /// Groups are replaced by their parts.
  public let augmentations: [any Augmentation]
  /// What each one's key is derived by.
  private let names: [String]

  public init(_ augmentations: [any Augmentation] = []) {
    func flattened(_ augmentation: any Augmentation) -> [any Augmentation] {
      (augmentation as? any AugmentationGroup)?.parts.flatMap(flattened) ?? [augmentation]
    }
    self.augmentations = augmentations.flatMap(flattened)
    var counts: [String: Int] = [:]
    names = self.augmentations.map {
      let name = type(of: $0).name
      counts[name, default: 0] += 1
      return counts[name] == 1 ? name : "\(name)#\(counts[name, default: 0])"
    }
  }

  public var isEmpty: Bool { augmentations.isEmpty }

  /// - Throws: ``AugmentationError`` for the first setting that can't be for images of this size.
  public func check(_ images: ImageShape) throws(AugmentationError) {
    for augmentation in augmentations { try augmentation.check(images) }
  }

  /// The batch after the augmentations of a stage.
  /// - Parameter key: of this step; what each augmentation draws depends on it, its name, and how many of that
  ///   name come before.
  public func callAsFunction(_ batch: ImageBatch, stage: AugmentationStage, key: Key) -> ImageBatch {
    if let diagnostic = batch.images.diagnostic { return batch.with(images: .failed(diagnostic)) }
    guard batch.images.rank != 3 else {
      let augmented = self(batch.with(images: batch.images.expand(at: -1)), stage: stage, key: key)
      return augmented.with(images: augmented.images.squeeze(-1))
    }
    var batch = batch
    var pending = AffineSequence()
    for (augmentation, name) in zip(augmentations, names) where augmentation.stage == stage {
      let own = key.derived(name)
      guard let affine = augmentation as? any AffineAugmentation else {
        batch = augmentation(pending.flush(batch), key: own)
        continue
      }
      if !pending.accepts(affine) { batch = pending.flush(batch) }
      pending.append(affine, batch, key: own)
    }
    return pending.flush(batch)
  }
}
