import Configuration

/// Pads images on all sides and crops them back to their size at a random position, in whole pixels.
public struct PadAndCrop: Augmentation {
  /// The padding's content.
  public enum Padding: String, Sendable, Hashable, CaseIterable {
    /// 0 in the data set's units.
    case zero
    /// The image mirrored at its outermost pixels' centres, `dcb|abcd|cba`, as NumPy's and TensorFlow's `reflect`.
    case reflect
  }

  public static let declaration = Declaration(
    "padAndCrop", "pads all sides and crops at a random position", standard: PadAndCrop(),
    settings: [
      Setting("pixels", \.pixels, .integer(in: 0...10_000), "pixels of padding per side"),
      Setting("padding", \.padding, .word, "content of the padding"),
    ])

  public var pixels: any Schedule
  public var padding: Padding

  public init(pixels: any Schedule = 4.0, padding: Padding = .zero) {
    self.pixels = pixels
    self.padding = padding
  }

  public func check(_ images: ImageShape) throws(AugmentationError) {
    let least = Swift.min(images.height, images.width)
    let limit = padding == .reflect ? least - 1 : least
    try AugmentationError.check(
      pixels, "\(Self.name).pixels", "from 0 to \(limit) for images of \(images.height)x\(images.width)"
    ) { (0...Double(limit)).contains($0) }
  }

  public func scheduled(at progress: Progress) -> any Augmentation { fixed(\.pixels, at: progress) }

  public func callAsFunction(_ batch: ImageBatch, key: Key) -> ImageBatch {
    let pixels = pixels.initial.whole
    let top = batch.draw { key.derived("top").offsets([$0], upTo: 2 * pixels) } - pixels
    let left = batch.draw { key.derived("left").offsets([$0], upTo: 2 * pixels) } - pixels
    return batch.with(images: crop(batch.images, top: top, left: left))
  }

  /// - Parameters:
  ///   - top: the image's row that becomes the first one, -`pixels`...`pixels`, `int32 [batch]`.
  ///   - left: the same for columns.
  func crop(_ images: Tensor, top: Tensor, left: Tensor) -> Tensor {
    if let diagnostic = images.diagnostic { return .failed(diagnostic) }
    let (count, height, width) = (images.shape[0], images.shape[1], images.shape[2])
    let rows = Tensor.iota([count, height], axis: 1) + top.expand(at: -1)
    let columns = Tensor.iota([count, width], axis: 1) + left.expand(at: -1)
    let first = Tensor.iota([count, 1, 1]) * Double(height * width)
    let indices = first + rows.mirrored(height).expand(at: 2) * Double(width) + columns.mirrored(width).expand(at: 1)
    let cropped = images.reshape(to: [count * height * width, images.shape[3]]).take(indices)
    guard padding == .zero else { return cropped }
    let inside = rows.isIndex(of: height).expand(at: 2) .& columns.isIndex(of: width).expand(at: 1)
    return cropped.replaced(where: (.!inside).expand(at: -1).broadcast(to: cropped.shape), by: 0)
  }
}

extension Tensor {
  /// Indices mirrored at the first and the last one.
  fileprivate func mirrored(_ count: Int) -> Tensor {
    let positive = abs()
    return positive.minimum(Double(2 * (count - 1)) - positive)
  }

  fileprivate func isIndex(of count: Int) -> Tensor { (self .>= 0) .& (self .< Double(count)) }
}
