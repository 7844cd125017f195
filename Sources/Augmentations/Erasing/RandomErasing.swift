import Configuration

/// A rectangle of random area, shape and place set to random values, with a probability (Zhong et al. 2017).
///
/// Area, ratio and place are drawn until the rectangle is inside the image, as Algorithm 1 of the paper does. The
/// article's ratios, height to width, are below 1: its rectangles are wider than they are high. It erases on top of
/// the augmented image, with one number for all pixels and channels; the paper draws every value.
public struct RandomErasing: Augmentation {
  /// What is put into the rectangle: numbers in 0...1, drawn evenly.
  public enum Fill: String, Sendable, Hashable, CaseIterable {
    /// One for all pixels and channels of an image.
    case scalar
    /// One for each pixel and channel.
    case pixels
  }

  /// Whose settings count where none are given.
  public enum Rule: String, Sendable, Hashable, CaseIterable {
    case article, paper
  }

  public static let name = "randomErasing"
  public static let summary = "a random rectangle set to random values (Zhong et al. 2017)"
  public static let parameters = [
    Parameter("rule", default: "article", "whose settings count where none are given: article or paper"),
    Parameter("probability", default: 0.5, "how many of the images are erased in"),
    Parameter("area", default: "[0.05, 0.2]", "of the rectangle, as a part of the image's; [0.02, 0.4] in the paper"),
    Parameter("ratio", default: "[0.2, 0.8]", "of height to width; [0.3, 3.33] in the paper"),
    Parameter("fill", default: "scalar", "scalar, or pixels as in the paper"),
  ]
  /// Draws of a rectangle before an image is left as it is. Of the article's 36 % fit, so of 64 draws all fail once in
  /// 10^12 images.
  private static let attempts = 64

  public var probability: Double
  public var area: ClosedRange<Double>
  public var ratio: ClosedRange<Double>
  public var fill: Fill
  public var stage: AugmentationStage { .prepared }

  public init(
    _ rule: Rule = .article, probability: Double = 0.5, area: ClosedRange<Double>? = nil,
    ratio: ClosedRange<Double>? = nil, fill: Fill? = nil
  ) {
    self.probability = probability
    self.area = area ?? (rule == .article ? 0.05...0.2 : 0.02...0.4)
    self.ratio = ratio ?? (rule == .article ? 0.2...0.8 : 0.3...(1 / 0.3))
    self.fill = fill ?? (rule == .article ? .scalar : .pixels)
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    self.init(try options.oneOf("rule", default: .article))
    probability = try options.probability("probability", default: probability)
    area = try options.range("area", default: area, in: 0...1)
    ratio = try options.range("ratio", default: ratio, in: 0.001...1000)
    fill = try options.oneOf("fill", default: fill)
  }

  public func check(_ images: ImageShape) throws(AugmentationError) {
    try AugmentationError.check(probability: probability, "\(Self.name).probability")
    try AugmentationError.check(area.lowerBound, "\(Self.name).area", "0 or more at its lower end") { $0 >= 0 }
    try AugmentationError.check(area.upperBound, "\(Self.name).area", "at most 1, the whole image") { $0 <= 1 }
    try AugmentationError.check(ratio.lowerBound, "\(Self.name).ratio", "above 0 at its lower end") { $0 > 0 }
  }

  public func callAsFunction(_ batch: ImageBatch, key: Key) -> ImageBatch {
    let (count, values) = (batch.count, batch.values)
    let (box, fits) = rectangles(count, batch.size, key: key)
    let isErased = key.derived("chosen").bernoulli([count], probability: probability) .& fits
    let shape: Shape = fill == .scalar ? [count, 1, 1, 1] : values.shape
    let drawn = key.derived("fill").uniform(shape).cast(to: values.dtype).broadcast(to: values.shape)
    let mask = (box.mask(batch.size) .& isErased.perImage).broadcast(to: values.shape)
    return batch.with(images: Tensor.select(mask, drawn, values))
  }

  /// A rectangle for each image, and whether one was found.
  func rectangles(_ count: Int, _ size: ImageShape, key: Key) -> (box: PixelBox, fits: Tensor) {
    let shape: Shape = [count, Self.attempts]
    let areas = key.derived("area").uniform(shape, in: area) * Double(size.pixels)
    let ratios = key.derived("ratio").uniform(shape, in: ratio)
    let (heights, widths) = ((areas * ratios).sqrt(), (areas / ratios).sqrt())
    let tops = key.derived("y").uniform(shape) * Double(size.height)
    let lefts = key.derived("x").uniform(shape) * Double(size.width)
    let fits = (tops + heights .<= Double(size.height)) .& (lefts + widths .<= Double(size.width))
    let first = fits.cast(to: .int32).argMax(axis: 1).expand(at: -1)
    func chosen(_ candidates: Tensor) -> Tensor { candidates.takeAlongAxis(first, axis: 1).squeeze(1) }
    let (top, left) = (chosen(tops), chosen(lefts))
    return (
      PixelBox(
        top: top.floor(), bottom: (top + chosen(heights)).floor(), left: left.floor(),
        right: (left + chosen(widths)).floor()),
      fits.any([1])
    )
  }
}
