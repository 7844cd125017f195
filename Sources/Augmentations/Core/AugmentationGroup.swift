/// Several augmentations under one name. A pipeline puts the parts in the group's place.
public protocol AugmentationGroup: Augmentation {
  /// In the order they are applied; groups may be among them.
  var parts: [any Augmentation] { get }
}

extension AugmentationGroup {
  /// Every part after the other, without preprocessing between them.
  public func callAsFunction(_ batch: ImageBatch, key: Key) -> ImageBatch {
    let pipeline = AugmentationPipeline(parts)
    return pipeline(pipeline(batch, stage: .source, key: key), stage: .prepared, key: key)
  }

  public func check(_ images: ImageShape) throws(AugmentationError) {
    for part in parts { try part.check(images) }
  }
}
