/// A rectangle of each image replaced by another image's of the batch, targets mixed by area (Yun et al. 2019).
/// The area is `1 - λ`, λ of Beta(α, α), before it is cut off at the image's edges. Class indices become
/// probabilities.
public struct CutMix: Augmentation, MixingAugmentation {
  public static let name = "cutMix"
  public static let summary = "puts a rectangle of another image in, and mixes targets (Yun et al. 2019)"

  public var alpha: Double
  public var scope: MaskScope

  public init(alpha: Double = 1, each scope: MaskScope = .batch) {
    self.alpha = alpha
    self.scope = scope
  }

  public func callAsFunction(_ batch: ImageBatch, key: Key) -> ImageBatch {
    let (draws, size) = (scope.draws(batch.count), batch.size)
    let edge = (1 - key.derived("share").symmetricBeta(draws, alpha: alpha)).sqrt()
    let y = key.derived("y").offsets(draws, upTo: size.height - 1).cast(to: .float32)
    let x = key.derived("x").offsets(draws, upTo: size.width - 1).cast(to: .float32)
    let box = PixelBox.around(
      y: y, x: x, height: (edge * Double(size.height)).floor(), width: (edge * Double(size.width)).floor(), in: size)
    let partners = key.derived("partners").permutation(batch.count)
    let values = batch.values
    var mixed = batch
    mixed.images = Tensor.select(box.mask(size).broadcast(to: values.shape), values.take(partners), values)
    let share = 1 - (box.bottom - box.top) * (box.right - box.left) * (1 / Double(size.pixels))
    mixed.targets = batch.mixedTargets(with: partners, share: share)
    return mixed
  }
}
