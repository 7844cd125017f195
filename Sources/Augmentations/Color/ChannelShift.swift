import Configuration

/// Adds one number to all channels of an image, and cuts off what then is below the least or above the greatest
/// value the image had, as Keras' `channel_shift_range`.
public struct ChannelShift: Augmentation {
  public static let name = "channelShift"
  public static let summary = "adds one number to all channels, within the image's own range"
  public static let parameters = [
    Parameter("range", default: 50, "the greatest number either way, where white is 255")
  ]

  public var range: Double

  public init(_ range: Double = 50) { self.range = range }

  public init(from options: inout Options) throws(ConfigurationError) {
    range = try options.number("range", default: 50, in: 0...255)
  }

  public func check(_ images: ImageShape) throws(AugmentationError) {
    try AugmentationError.check(range, "\(Self.name).range", "from 0 to 255") { (0...255).contains($0) }
  }

  public func callAsFunction(_ batch: ImageBatch, key: Key) -> ImageBatch {
    let limit = range * batch.white / 255
    return batch.with(images: Self.shifted(batch.values, by: key.uniform([batch.count], in: -limit...limit)))
  }

  /// - Parameter intensity: `[batch]`
  static func shifted(_ images: Tensor, by intensity: Tensor) -> Tensor {
    if let diagnostic = images.diagnostic { return .failed(diagnostic) }
    // One reduction for both ends: XLA computes what it reduces, a resampling say, again for each.
    let ends = Tensor.stack([images, -images], axis: 1).max([2, 3, 4])
    let greatest = ends.slice(0..<1, axis: 1).reshape(to: [images.shape[0], 1, 1, 1])
    let least = -ends.slice(1..<2, axis: 1).reshape(to: [images.shape[0], 1, 1, 1])
    return (images + intensity.perImage.cast(to: images.dtype)).maximum(least).minimum(greatest)
  }
}
