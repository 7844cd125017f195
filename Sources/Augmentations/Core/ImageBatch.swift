/// A batch of images with their targets, on its way through augmentations.
public struct ImageBatch: Sendable {
  /// `[batch, height, width, channels]`
  public var images: Tensor
  /// Class indices `[batch]`, or values of any shape with the batch in front.
  public var targets: Tensor
  /// The value of white in the data set: 255 for bytes, 1 for fractions. Settings that articles give for bytes
  /// are scaled by it.
  public let white: Double
  /// How many classes there are, where targets are class indices and have to be mixed.
  public let classes: Int?

  /// - Parameter white: 255 for images of integers and 1 for others, where it isn't given.
  public init(images: Tensor, targets: Tensor, white: Double? = nil, classes: Int? = nil) {
    self.images = images
    self.targets = targets
    self.white = white ?? (images.dtype.isInteger ? 255 : 1)
    self.classes = classes
  }

  public var count: Int { images.shape[0] }
  public var size: ImageShape {
    ImageShape(height: images.shape[1], width: images.shape[2], channels: images.shape[3])
  }

  /// The images as floating-point numbers: bytes become `float32`.
  public var values: Tensor { images.dtype.isFloatingPoint ? images : images.cast(to: .float32) }

  public func with(images: Tensor) -> ImageBatch {
    var batch = self
    batch.images = images
    return batch
  }
}

extension Tensor {
  /// A number an image, `[batch]`, as it meets images: `[batch, 1, 1, 1]`.
  var perImage: Tensor { reshape(to: [shape[0], 1, 1, 1]) }
}
