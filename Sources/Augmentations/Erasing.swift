import Configuration

/// A square of a fixed size around a random pixel set to one value (DeVries and Taylor 2017).
///
/// Squares are clipped at the image's edges. They are 0 after preprocessing, which is the mean where that standardizes.
/// The reference implementation of SAM draws one position per batch: `each: batch`.
public struct Cutout: Augmentation {
  public static let declaration = Declaration(
    "cutout", "a square around a random pixel set to 0", standard: Cutout(),
    reference: Reference(
      "DeVries and Taylor", 2017, "Improved Regularization of Convolutional Neural Networks with Cutout",
      "https://arxiv.org/abs/1708.04552"),
    settings: [
      Setting("size", \.size, .integer(in: 1...10_000), "side of the square in pixels"),
      Setting("each", \.scope, .word, "one position per image or per batch"),
      Setting("value", \.value, .number(in: -1e30...1e30), "the square's value, after preprocessing"),
    ])

  public var size: any Schedule
  public var scope: MaskScope
  public var value: any Schedule
  public var stage: AugmentationStage { .prepared }

  public init(size: any Schedule = 16.0, each scope: MaskScope = .image, value: any Schedule = 0.0) {
    self.size = size
    self.scope = scope
    self.value = value
  }

  public func check(_ images: ImageShape) throws(AugmentationError) {
    let limit = Swift.min(images.height, images.width)
    try AugmentationError.check(
      size, "\(Self.name).size", "from 1 to \(limit) for images of \(images.height)x\(images.width)"
    ) { (1...Double(limit)).contains($0) }
  }

  public func scheduled(at progress: Progress) -> any Augmentation { fixed(\.size, \.value, at: progress) }

  public func callAsFunction(_ batch: ImageBatch, key: Key) -> ImageBatch {
    let size = batch.size
    let y = batch.draw(each: scope) { key.derived("y").offsets($0, upTo: size.height - 1) }.cast(to: .float32)
    let x = batch.draw(each: scope) { key.derived("x").offsets($0, upTo: size.width - 1) }.cast(to: .float32)
    let side = self.size.initial.whole.broadcast(like: y)
    let box = PixelBox.around(y: y, x: x, height: side, width: side, in: size)
    let values = batch.values
    return batch.with(
      images: values.replaced(where: box.mask(size).broadcast(to: values.shape), by: value.initial))
  }
}

/// A rectangle of random area, aspect ratio and position set to random values, with a probability
/// ([Zhong et al. 2017](https://arxiv.org/abs/1708.04896)).
///
/// Area, ratio and position are drawn until the rectangle is inside the image, as in the paper's Algorithm 1.
public struct RandomErasing: Augmentation {
  /// The rectangle's content: uniform random numbers in 0...1.
  public enum Fill: String, Sendable, Hashable, CaseIterable {
    /// One number per image.
    case scalar
    /// One number per pixel and channel.
    case pixels
  }

  /// The defaults of the other settings.
  public enum Rule: String, Sendable, Hashable, CaseIterable {
    /// Small rectangles that are wider than high, one number per image.
    case landscape
    /// The paper's.
    case original

    /// - Parameter rawValue: a case's name, or its name in earlier versions: `article` or `paper`.
    public init?(rawValue: String) {
      switch rawValue {
      case "landscape", "article": self = .landscape
      case "original", "paper": self = .original
      default: return nil
      }
    }
  }

  public static let declaration = Declaration(
    "randomErasing", "a random rectangle set to random values", standard: RandomErasing(),
    reference: Reference(
      "Zhong et al.", 2017, "Random Erasing Data Augmentation", "https://arxiv.org/abs/1708.04896"),
    settings: [
      .preset(
        "rule", \.rule, .word,
        "defaults of the other settings: landscape, wider than high with one value, or original, the paper's",
        standard: { RandomErasing($0) }),
      Setting("probability", \.probability, .probability, "probability of an erased rectangle"),
      Setting("area", \.area, .range(in: 0...1), "area as a fraction of the image's; original: [0.02, 0.4]"),
      Setting("ratio", \.ratio, .range(in: 0.001...1000), "ratio of height to width; original: [0.3, 3.33]"),
      Setting("fill", \.fill, .word, "one value per image, scalar, or per pixel, pixels; original: pixels"),
    ])
  /// Draws of a rectangle before an image is left unchanged. Of the landscape rule's 36 % fit, so that all of 64 draws
  /// fail once in 10^12 images.
  private static let attempts = 64

  /// The defaults that the other settings began with.
  public internal(set) var rule: Rule
  public var probability: any Schedule
  public var area: any RangeSchedule
  public var ratio: any RangeSchedule
  public var fill: Fill
  public var stage: AugmentationStage { .prepared }

  public init(
    _ rule: Rule = .landscape, probability: any Schedule = 0.5, area: (any RangeSchedule)? = nil,
    ratio: (any RangeSchedule)? = nil, fill: Fill? = nil
  ) {
    self.rule = rule
    self.probability = probability
    self.area = area ?? (rule == .landscape ? 0.05...0.2 : 0.02...0.4)
    self.ratio = ratio ?? (rule == .landscape ? 0.2...0.8 : 0.3...(1 / 0.3))
    self.fill = fill ?? (rule == .landscape ? .scalar : .pixels)
  }

  public func check(_ images: ImageShape) throws(AugmentationError) {
    try AugmentationError.check(probability: probability, "\(Self.name).probability")
    try AugmentationError.check(area, "\(Self.name).area", "from 0 to 1, the whole image") { (0...1).contains($0) }
    try AugmentationError.check(ratio, "\(Self.name).ratio", "above 0 at both ends") { $0 > 0 }
  }

  public func scheduled(at progress: Progress) -> any Augmentation {
    fixed(\.probability, ranges: \.area, \.ratio, at: progress)
  }

  public func callAsFunction(_ batch: ImageBatch, key: Key) -> ImageBatch {
    let values = batch.values
    let (box, fits) = rectangles(batch, key: key)
    let isErased = batch.draw { key.derived("chosen").bernoulli([$0], probability: probability.initial) } .& fits
    let extents = values.shape.dropFirst().map { fill == .scalar ? 1 : $0 }
    let drawn = batch.draw { key.derived("fill").uniform(Shape([$0] + extents)) }
      .cast(to: values.dtype).broadcast(to: values.shape)
    let mask = (box.mask(batch.size) .& isErased.perImage).broadcast(to: values.shape)
    return batch.with(images: Tensor.select(mask, drawn, values))
  }

  /// A rectangle per image, and whether one was found.
  func rectangles(_ batch: ImageBatch, key: Key) -> (box: PixelBox, fits: Tensor) {
    let size = batch.size
    func drawn(_ name: String, in range: (any RangeSchedule)? = nil) -> Tensor {
      batch.draw { count in
        let (key, shape): (Key, Shape) = (key.derived(name), [count, Self.attempts])
        return range.map { key.uniform(shape, in: $0) } ?? key.uniform(shape)
      }
    }
    let areas = drawn("area", in: area) * Double(size.pixels)
    let ratios = drawn("ratio", in: ratio)
    let (heights, widths) = ((areas * ratios).sqrt(), (areas / ratios).sqrt())
    let tops = drawn("y") * Double(size.height)
    let lefts = drawn("x") * Double(size.width)
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

/// How often an augmentation draws.
public enum MaskScope: String, Sendable, Hashable, CaseIterable {
  /// Anew for each image.
  case image
  /// Once for all images of a batch.
  case batch
}

/// One rectangle of pixels per image; each bound is `[batch]`, exclusive at the bottom and the right.
struct PixelBox {
  let (top, bottom): (Tensor, Tensor)
  let (left, right): (Tensor, Tensor)

  /// Whether pixels are inside, `bool [batch, height, width, 1]`.
  func mask(_ size: ImageShape) -> Tensor {
    func inside(_ low: Tensor, _ high: Tensor, _ count: Int) -> Tensor {
      let index = Tensor.iota([low.shape[0], count], axis: 1, dtype: low.dtype)
      return (index .>= low.expand(at: -1)) .& (index .< high.expand(at: -1))
    }
    let rows = inside(top, bottom, size.height).reshape(to: [top.shape[0], size.height, 1, 1])
    let columns = inside(left, right, size.width).reshape(to: [left.shape[0], 1, size.width, 1])
    return rows .& columns
  }

  /// The box of `height` x `width` around a centre, clipped at the image's edges.
  static func around(y: Tensor, x: Tensor, height: Tensor, width: Tensor, in size: ImageShape) -> PixelBox {
    func ends(_ centre: Tensor, _ extent: Tensor, _ count: Int) -> (Tensor, Tensor) {
      let low = centre - (extent * 0.5).floor()
      return (low.clamped(to: 0...Double(count)), (low + extent).clamped(to: 0...Double(count)))
    }
    let (top, bottom) = ends(y, height, size.height)
    let (left, right) = ends(x, width, size.width)
    return PixelBox(top: top, bottom: bottom, left: left, right: right)
  }
}
