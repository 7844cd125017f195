import Configuration

/// Multiplies images by a factor and rounds down to whole bytes, as Keras' `brightness_range` does through
/// Pillow. Images outside of 0...white aren't stretched to it.
public struct Brightness: Augmentation {
  public static let name = "brightness"
  public static let summary = "multiplies images by a factor, in whole bytes"
  public static let parameters = [Parameter("range", default: "[0.5, 1.5]", "of the factor")]

  public var range: ClosedRange<Double>

  public init(_ range: ClosedRange<Double> = 0.5...1.5) { self.range = range }

  public init(from options: inout Options) throws(ConfigurationError) {
    range = try options.range("range", default: 0.5...1.5, in: 0...100)
  }

  public func check(_ images: ImageShape) throws(AugmentationError) {
    try AugmentationError.check(range.lowerBound, "\(Self.name).range", "0 or more at its lower end") { $0 >= 0 }
  }

  public func callAsFunction(_ batch: ImageBatch, key: Key) -> ImageBatch {
    batch.with(images: Self.scaled(batch.values, by: key.uniform([batch.count], in: range), white: batch.white))
  }

  /// - Parameter factor: `[batch]`
  static func scaled(_ images: Tensor, by factor: Tensor, white: Double) -> Tensor {
    func bytes(_ x: Tensor) -> Tensor { x.clamped(to: 0...255).floor() }
    let unit = white / 255
    // A fraction that stands for a byte mustn't become the byte below it.
    let source = unit == 1 ? images : images * (1 / unit) + 1e-3
    let scaled = bytes(bytes(source) * factor.perImage.cast(to: images.dtype))
    return unit == 1 ? scaled : scaled * unit
  }
}
