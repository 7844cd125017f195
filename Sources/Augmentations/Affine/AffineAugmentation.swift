/// An augmentation that moves pixels by an affine map.
public protocol AffineAugmentation: Augmentation {
  /// What comes from outside; nil for maps that bring nothing from there.
  var fill: FillMode? { get }
  /// The maps of a batch, from a key.
  func map(_ count: Int, _ size: ImageShape, key: Key) -> AffineMap
}

extension AffineAugmentation {
  public func callAsFunction(_ batch: ImageBatch, key: Key) -> ImageBatch {
    var sequence = AffineSequence()
    sequence.append(self, batch, key: key)
    return sequence.flush(batch)
  }
}

/// Affine augmentations that wait to be one resampling.
struct AffineSequence {
  private var map: AffineMap?
  private var fill: FillMode?
  /// Where nothing but flips waits, the images to flip: they need no interpolation.
  private var flips: [(condition: Tensor, axis: Int)]? = []

  func accepts(_ next: any AffineAugmentation) -> Bool { fill == nil || next.fill == nil || fill == next.fill }

  mutating func append(_ next: any AffineAugmentation, _ batch: ImageBatch, key: Key) {
    fill = fill ?? next.fill
    let own: AffineMap
    if let flip = next as? any FlipAugmentation {
      let condition = flip.condition(batch.count, key: key)
      flips?.append((condition, flip.axis))
      own = flip.map(condition)
    } else {
      flips = nil
      own = next.map(batch.count, batch.size, key: key)
    }
    map = map?.then(own) ?? own
  }

  /// The batch with what waited done, and nothing waiting any more.
  mutating func flush(_ batch: ImageBatch) -> ImageBatch {
    defer { self = AffineSequence() }
    if let flips {
      return batch.with(
        images: flips.reduce(batch.images) { images, flip in
          Tensor.select(flip.condition.perImage.broadcast(to: images.shape), images.reverse([flip.axis]), images)
        })
    }
    guard let map else { return batch }
    return batch.with(images: map.resample(batch.images, fill: fill ?? .nearest))
  }
}
