import Configuration

/// An augmentation that changes levels of an image with a probability, by torchvision's operation of that name on bytes.
protocol LevelAugmentation: Augmentation {
  var probability: any Schedule { get set }
  /// The images after the change, of levels `[batch, height, width, channels]`; `batch` is for drawing.
  func changed(_ levels: Tensor, _ batch: ImageBatch, key: Key) -> Tensor
  /// - Throws: ``AugmentationError`` for a setting of its own.
  func checkSettings() throws(AugmentationError)
}

extension LevelAugmentation {
  static var settings: [Setting<Self>] {
    [Setting("probability", \.probability, .probability, "probability of a change")]
  }

  func checkSettings() throws(AugmentationError) {}

  public func scheduled(at progress: Progress) -> any Augmentation { fixed(\.probability, at: progress) }

  public func check(_ images: ImageShape) throws(AugmentationError) {
    try AugmentationError.checkColors(images, of: Self.name)
    try AugmentationError.check(probability: probability, "\(Self.name).probability")
    try checkSettings()
  }

  public func callAsFunction(_ batch: ImageBatch, key: Key) -> ImageBatch {
    let levels = batch.levels
    let changed = changed(levels, batch, key: key)
    let isChosen = batch.draw { key.derived("chosen").bernoulli([$0], probability: probability.initial) }
    return batch.with(levels: Tensor.select(isChosen.perImage, changed, levels))
  }
}

/// Stretches each channel of an image to the range from black to white.
public struct AutoContrast: Augmentation, LevelAugmentation {
  public static let declaration = Declaration(
    "autoContrast", "stretches each channel to the range from black to white", standard: AutoContrast(),
    settings: settings)

  public var probability: any Schedule

  public init(probability: any Schedule = 0.5) { self.probability = probability }

  func changed(_ levels: Tensor, _ batch: ImageBatch, key: Key) -> Tensor { levels.stretched() }
}

/// Makes the histogram of each channel of an image even.
public struct Equalize: Augmentation, LevelAugmentation {
  public static let declaration = Declaration(
    "equalize", "makes the histogram of each channel even", standard: Equalize(), settings: settings)

  public var probability: any Schedule

  public init(probability: any Schedule = 0.5) { self.probability = probability }

  func changed(_ levels: Tensor, _ batch: ImageBatch, key: Key) -> Tensor { levels.equalized() }
}

/// Inverts images.
public struct Invert: Augmentation, LevelAugmentation {
  public static let declaration = Declaration(
    "invert", "inverts images with a probability", standard: Invert(), settings: settings)

  public var probability: any Schedule

  public init(probability: any Schedule = 0.5) { self.probability = probability }

  func changed(_ levels: Tensor, _ batch: ImageBatch, key: Key) -> Tensor { levels.inverted() }
}

/// Makes images gray, in all of their channels.
public struct Grayscale: Augmentation, LevelAugmentation {
  public static let declaration = Declaration(
    "grayscale", "makes images gray with a probability", standard: Grayscale(), settings: settings)

  public var probability: any Schedule

  public init(probability: any Schedule = 0.1) { self.probability = probability }

  func changed(_ levels: Tensor, _ batch: ImageBatch, key: Key) -> Tensor { levels.gray.broadcast(to: levels.shape) }
}

/// Keeps the first bits of each level.
public struct Posterize: Augmentation, LevelAugmentation {
  public static let declaration = Declaration(
    "posterize", "keeps the first bits of each level", standard: Posterize(),
    settings: [Setting("bits", \.bits, .integer(in: 0...8), "bits that are kept")] + settings)

  public var bits: any Schedule
  public var probability: any Schedule

  public init(bits: any Schedule = 4.0, probability: any Schedule = 0.5) {
    (self.bits, self.probability) = (bits, probability)
  }

  public func scheduled(at progress: Progress) -> any Augmentation { fixed(\.bits, \.probability, at: progress) }

  func checkSettings() throws(AugmentationError) {
    try AugmentationError.check(bits, "\(Self.name).bits", "from 0 to 8") { (0...8).contains($0) }
  }

  func changed(_ levels: Tensor, _ batch: ImageBatch, key: Key) -> Tensor {
    levels.posterized(bits: bits.initial.whole.row)
  }
}

/// Inverts the pixels that aren't below a level.
public struct Solarize: Augmentation, LevelAugmentation {
  public static let declaration = Declaration(
    "solarize", "inverts bright pixels", standard: Solarize(),
    settings: [
      Setting("threshold", \.threshold, .number(in: 0...256), "the level from which on they are inverted, of 255")
    ] + settings)

  public var threshold: any Schedule
  public var probability: any Schedule

  public init(threshold: any Schedule = 128.0, probability: any Schedule = 0.5) {
    (self.threshold, self.probability) = (threshold, probability)
  }

  public func scheduled(at progress: Progress) -> any Augmentation { fixed(\.threshold, \.probability, at: progress) }

  func checkSettings() throws(AugmentationError) {
    try AugmentationError.check(threshold, "\(Self.name).threshold", "from 0 to 256") { (0...256).contains($0) }
  }

  func changed(_ levels: Tensor, _ batch: ImageBatch, key: Key) -> Tensor {
    levels.solarized(threshold: threshold.initial.row)
  }
}

/// An augmentation that blends an image with a poorer version of it: 0 is that version, 1 the image, and factors above 1
/// exaggerate the difference.
protocol BlendAugmentation: LevelAugmentation {
  var range: any RangeSchedule { get set }
  /// The poorer version of levels `[batch, height, width, channels]`, which may have extents of 1; nil if there is none.
  func poorer(_ levels: Tensor) -> Tensor?
}

extension BlendAugmentation {
  static var blendSettings: [Setting<Self>] {
    [Setting("range", \.range, .range(in: 0...100), "range of the factor")] + settings
  }

  public func scheduled(at progress: Progress) -> any Augmentation {
    fixed(\.probability, ranges: \.range, at: progress)
  }

  func checkSettings() throws(AugmentationError) {
    try AugmentationError.check(range, "\(Self.name).range", "0 or more at both ends") { $0 >= 0 }
  }

  func changed(_ levels: Tensor, _ batch: ImageBatch, key: Key) -> Tensor {
    let (low, high) = (range.low.initial - 1, range.high.initial - 1)
    let excess = batch.draw { key.derived("factor").uniform([$0], from: low, to: high) }
    return poorer(levels).map { levels.blended(with: $0, excess: excess) } ?? levels
  }
}

/// Blends images with their mean gray by a random factor.
public struct Contrast: Augmentation, BlendAugmentation {
  public static let declaration = Declaration(
    "contrast", "blends images with their mean gray", standard: Contrast(), settings: blendSettings)

  public var range: any RangeSchedule
  public var probability: any Schedule

  public init(_ range: any RangeSchedule = 0.5...1.5, probability: any Schedule = 1.0) {
    (self.range, self.probability) = (range, probability)
  }

  func poorer(_ levels: Tensor) -> Tensor? { levels.meanGray }
}

/// Blends images with their gray version by a random factor; those without colors stay as they are.
public struct Saturation: Augmentation, BlendAugmentation {
  public static let declaration = Declaration(
    "saturation", "blends images with their gray version: the operation that policies call color",
    standard: Saturation(), settings: blendSettings)

  public var range: any RangeSchedule
  public var probability: any Schedule

  public init(_ range: any RangeSchedule = 0.5...1.5, probability: any Schedule = 1.0) {
    (self.range, self.probability) = (range, probability)
  }

  func poorer(_ levels: Tensor) -> Tensor? { levels.shape[3] == 3 ? levels.gray : nil }
}

/// Blends images with their smoothed version by a random factor.
public struct Sharpness: Augmentation, BlendAugmentation {
  public static let declaration = Declaration(
    "sharpness", "smooths or sharpens images", standard: Sharpness(), settings: blendSettings)

  public var range: any RangeSchedule
  public var probability: any Schedule

  public init(_ range: any RangeSchedule = 0.0...2.0, probability: any Schedule = 0.5) {
    (self.range, self.probability) = (range, probability)
  }

  func poorer(_ levels: Tensor) -> Tensor? { levels.smoothed() }
}

/// Blurs images with a Gaussian of random width, mirrored at the edges.
public struct GaussianBlur: Augmentation, LevelAugmentation {
  public static let declaration = Declaration(
    "gaussianBlur", "blurs images with a Gaussian of random width", standard: GaussianBlur(),
    settings: [
      Setting(
        "size", \.size, .integer(in: 1...99).checked("an odd number from 1 to 99") { $0 % 2 == 1 },
        "pixels that are weighed, per axis"),
      Setting("sigma", \.sigma, .range(in: 0.001...100), "range of the Gaussian's deviation in pixels"),
    ] + settings)

  public var size: Int
  public var sigma: any RangeSchedule
  public var probability: any Schedule

  /// - Parameter size: an odd number.
  public init(size: Int = 3, sigma: any RangeSchedule = 0.1...2, probability: any Schedule = 0.5) {
    (self.size, self.sigma, self.probability) = (size, sigma, probability)
  }

  public func scheduled(at progress: Progress) -> any Augmentation {
    fixed(\.probability, ranges: \.sigma, at: progress)
  }

  public func check(_ images: ImageShape) throws(AugmentationError) {
    try AugmentationError.check(probability: probability, "\(Self.name).probability")
    try AugmentationError.check(sigma, "\(Self.name).sigma", "above 0 at both ends") { $0 > 0 }
    let limit = 2 * Swift.min(images.height, images.width) - 1
    try AugmentationError.check(
      Double(size), "\(Self.name).size",
      "an odd number from 1 to \(limit) for images of \(images.height)x\(images.width)"
    ) { (1...Double(limit)).contains($0) && $0.truncatingRemainder(dividingBy: 2) == 1 }
  }

  func changed(_ levels: Tensor, _ batch: ImageBatch, key: Key) -> Tensor {
    blurred(levels, sigma: batch.draw { key.derived("sigma").uniform([$0], in: sigma) })
  }

  /// - Parameter sigma: deviations in pixels, `[batch]`.
  func blurred(_ levels: Tensor, sigma: Tensor) -> Tensor {
    if let diagnostic = levels.diagnostic { return .failed(diagnostic) }
    let distance = Tensor((0..<size).map { Float($0 - size / 2) })
    let density = ((distance / sigma.expand(at: 1)).squared() * -0.5).exp()
    let weights = density / density.sum([1], keepDims: true)
    return [1, 2].reduce(levels) { image, axis in
      let framed = image.mirrored(size / 2, axis: axis)
      return (0..<size).map { tap in
        framed.slice(tap..<tap + image.shape[axis], axis: axis)
          * weights.slice(tap..<tap + 1, axis: 1).squeeze(1).perImage
      }.reduce(image.zerosLike(), +)
    }.rounded()
  }
}

extension Tensor {
  /// With `count` more rows or columns at either end, mirrored at the outermost ones.
  fileprivate func mirrored(_ count: Int, axis: Int) -> Tensor {
    let last = shape[axis] - 1
    let places = (-count...last + count).map { Int32($0 <= last ? Swift.abs($0) : 2 * last - $0) }
    return take(Tensor(places), axis: axis)
  }
}
