import Configuration

/// A square of a fixed size around a random pixel set to one value (DeVries and Taylor 2017).
///
/// Squares are cut off at the image's edges. They are 0 after preprocessing, which is the mean where that
/// normalizes. The official code of SAM draws one place for a whole batch: `each: batch`.
public struct Cutout: Augmentation {
  public static let name = "cutout"
  public static let summary = "a square around a random pixel set to 0 (DeVries and Taylor 2017)"
  public static let parameters = [
    Parameter("size", default: 16, "the square's side in pixels"),
    Parameter("each", default: "image", "whether each image or each batch has a place of its own"),
    Parameter("value", default: 0, "what the square is set to, after preprocessing"),
  ]

  public var size: Int
  public var scope: MaskScope
  public var value: Double
  public var stage: AugmentationStage { .prepared }

  public init(size: Int = 16, each scope: MaskScope = .image, value: Double = 0) {
    self.size = size
    self.scope = scope
    self.value = value
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    size = try options.integer("size", default: 16, in: 1...10_000)
    scope = try options.oneOf("each", default: .image)
    value = try options.number("value", default: 0, in: -1e30...1e30)
  }

  public func check(_ images: ImageShape) throws(AugmentationError) {
    let limit = Swift.min(images.height, images.width)
    try AugmentationError.check(
      Double(size), "\(Self.name).size", "from 1 to \(limit) for images of \(images.height)x\(images.width)"
    ) { (1...Double(limit)).contains($0) }
  }

  public func callAsFunction(_ batch: ImageBatch, key: Key) -> ImageBatch {
    let draws = scope.draws(batch.count)
    let y = key.derived("y").offsets(draws, upTo: batch.size.height - 1).cast(to: .float32)
    let x = key.derived("x").offsets(draws, upTo: batch.size.width - 1).cast(to: .float32)
    let side = Tensor(Double(size), like: y)
    let box = PixelBox.around(y: y, x: x, height: side, width: side, in: batch.size)
    let values = batch.values
    return batch.with(images: values.replaced(where: box.mask(batch.size).broadcast(to: values.shape), by: value))
  }
}
