import Configuration

/// Cuts a random part out of each image and enlarges it to the image's size, as torchvision's `RandomResizedCrop` draws it.
///
/// The part's area is uniform in ``scale``, a fraction of the image's, and its width divided by its height is
/// log-uniform in ``ratio``. Of ten draws the first that fits into the image is taken; if none does, the middle of the
/// image, cut to the nearest ratio that is allowed. Pixels are interpolated linearly. At the part's border they mix with
/// the image's next pixel, where torchvision repeats the part's last one.
///
/// ```swift
/// let augmentation = AugmentationPipeline([RandomResizedCrop(scale: 0.5...1), HorizontalFlip()])
/// let batch = ImageBatch(images: .zeros([8, 64, 64, 3], dtype: .uint8), targets: Tensor.iota([8]))
/// print(augmentation(batch, stage: .source, key: Key(seed: 0)).images.shape)  // [8, 64, 64, 3]
/// ```
public struct RandomResizedCrop: Augmentation, AffineAugmentation {
  public static let declaration = Declaration(
    "randomResizedCrop", "cuts out a random part and enlarges it to the image's size", standard: RandomResizedCrop(),
    reference: Reference(
      "Szegedy et al.", 2014, "Going Deeper with Convolutions", "https://arxiv.org/abs/1409.4842"),
    settings: [
      Setting("scale", \.scale, .range(in: 0.0001...1), "range of the part's area, as a fraction of the image's"),
      Setting("ratio", \.ratio, .range(in: 0.01...100), "range of the part's width divided by its height"),
    ])

  public var scale: any RangeSchedule
  public var ratio: any RangeSchedule
  /// Only what interpolation reads beyond the image's edge is filled, by half a pixel at most.
  public var fill: FillMode? { .nearest }

  private static let attempts = 10

  public init(scale: any RangeSchedule = 0.08...1, ratio: any RangeSchedule = 3 / 4.0...4 / 3.0) {
    (self.scale, self.ratio) = (scale, ratio)
  }

  public func scheduled(at progress: Progress) -> any Augmentation {
    fixed(ranges: \.scale, \.ratio, at: progress)
  }

  public func check(_ images: ImageShape) throws(AugmentationError) {
    try AugmentationError.check(scale, "\(Self.name).scale", "above 0 and at most 1") { $0 > 0 && $0 <= 1 }
    try AugmentationError.check(ratio, "\(Self.name).ratio", "above 0 at both ends") { $0 > 0 }
  }

  public func map(_ count: Int, _ size: ImageShape, key: Key) -> AffineMap {
    func draw(_ name: String) -> Tensor { key.derived(name).uniform([count, Self.attempts]) }
    let part = part(of: size, area: draw("area"), ratio: draw("ratio"), top: draw("top"), left: draw("left"))
    let (height, width) = (Double(size.height), Double(size.width))
    return AffineMap.shift(down: part.top + (part.height - height) / 2, right: part.left + (part.width - width) / 2)
      .then(.zoom(vertical: part.height / height, horizontal: part.width / width))
  }

  /// The parts for draws from 0 to 1, `[count, attempts]` each.
  /// - Returns: row and column of the first pixel, height and width, `[count]` each.
  func part(
    of size: ImageShape, area: Tensor, ratio: Tensor, top: Tensor, left: Tensor
  ) -> (top: Tensor, left: Tensor, height: Tensor, width: Tensor) {
    let (rows, columns) = (Double(size.height), Double(size.width))
    let areas = (area * (scale.high.initial - scale.low.initial) + scale.low.initial) * (rows * columns)
    let logarithms = (self.ratio.low.initial.log(), self.ratio.high.initial.log())
    let ratios = (ratio * (logarithms.1 - logarithms.0) + logarithms.0).exp()
    let (heights, widths) = ((areas / ratios).sqrt().rounded(), (areas * ratios).sqrt().rounded())
    let fits = (heights .> 0) .& (heights .<= rows) .& (widths .> 0) .& (widths .<= columns)
    let first = fits.cast(to: .int32).argMax(axis: 1).expand(at: 1)
    let hasFit = fits.cast(to: .int32).max([1]) .> 0
    func chosen(_ values: Tensor, _ fallback: Coefficient) -> Tensor {
      values.takeAlongAxis(first).squeeze(1).replaced(where: .!hasFit, by: fallback)
    }
    let middle = middle(of: size)
    return (
      chosen((top * (rows - heights + 1)).floor(), ((rows - middle.height) / 2).roundedDown),
      chosen((left * (columns - widths + 1)).floor(), ((columns - middle.width) / 2).roundedDown),
      chosen(heights, middle.height), chosen(widths, middle.width)
    )
  }

  /// The largest part of an allowed ratio.
  private func middle(of size: ImageShape) -> (height: Coefficient, width: Coefficient) {
    let (height, width) = (Double(size.height), Double(size.width))
    func nearest(_ side: Coefficient, atMost limit: Double) -> Coefficient {
      side.map({ Swift.min($0, limit).rounded(.toNearestOrEven) }, { $0.minimum(limit).rounded() })
    }
    return (
      nearest(width / ratio.low.initial, atMost: height), nearest(height * ratio.high.initial, atMost: width)
    )
  }
}
