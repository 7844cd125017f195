import Configuration

/// Several random operations of one magnitude, as torchvision's `RandAugment`
/// ([Cubuk et al. 2019](https://arxiv.org/abs/1909.13719)).
///
/// Each image gets its own operations. They are torchvision's on bytes: images are whole levels from 0 to 255 on the way.
public struct RandAugment: Augmentation {
  public static let declaration = Declaration(
    "randAugment", "random operations of one magnitude, chosen per image", standard: RandAugment(),
    reference: Reference(
      "Cubuk et al.", 2019, "RandAugment: Practical Automated Data Augmentation with a Reduced Search Space",
      "https://arxiv.org/abs/1909.13719"),
    settings: [
      Setting("operations", \.operations, .integer(in: 1...20), "operations per image, one after another"),
      Setting("magnitude", \.magnitude, .integer(in: 0...30), "strength of all operations"),
    ] + Resampling.settings.of(\.resampling), unnamed: 2)
  private static let bins = 31

  public var operations: Int
  public var magnitude: any Schedule
  var resampling: Resampling

  /// - Parameter fill: the level outside of the image, 0...255.
  public init(
    operations: Int = 2, magnitude: any Schedule = 9.0, interpolation: Interpolation = .nearest, fill: Double = 0
  ) {
    (self.operations, self.magnitude) = (operations, magnitude)
    resampling = Resampling(interpolation: interpolation, fill: fill)
  }

  public func check(_ images: ImageShape) throws(AugmentationError) {
    try AugmentationError.checkColors(images, of: Self.name)
    try AugmentationError.check(Double(operations), "\(Self.name).operations", "1 or more") { $0 >= 1 }
    try AugmentationError.check(magnitude, "\(Self.name).magnitude", "from 0 to 30") { (0...30).contains($0) }
  }

  public func scheduled(at progress: Progress) -> any Augmentation { fixed(\.magnitude, at: progress) }

  static func space(_ images: ImageShape) -> OperationSpace {
    OperationSpace(
      bins: bins, shear: 0.3, translation: images.shares(150 / 331.0), rotation: 30, blend: 0.9, bits: (8, 4),
      plain: [.identity, .autoContrast, .equalize])
  }

  public func callAsFunction(_ batch: ImageBatch, key: Key) -> ImageBatch {
    let space = Self.space(batch.size)
    let chosen = space.draw(batch, steps: operations, key: key) { _ in magnitude.initial.whole.tensor(.int32) }
    return batch.with(levels: chosen.applied(to: batch.levels, among: space.operations, resampling))
  }
}

/// One random operation of a random magnitude, as torchvision's `TrivialAugmentWide`
/// ([Müller and Hutter 2021](https://arxiv.org/abs/2103.10158)).
public struct TrivialAugment: Augmentation {
  public static let declaration = Declaration(
    "trivialAugment", "one random operation of random magnitude, chosen per image", standard: TrivialAugment(),
    reference: Reference(
      "Müller and Hutter", 2021, "TrivialAugment: Tuning-free Yet State-of-the-Art Data Augmentation",
      "https://arxiv.org/abs/2103.10158"),
    settings: Resampling.settings.of(\.resampling))
  private static let bins = 31

  var resampling: Resampling

  /// - Parameter fill: the level outside of the image, 0...255.
  public init(interpolation: Interpolation = .nearest, fill: Double = 0) {
    resampling = Resampling(interpolation: interpolation, fill: fill)
  }

  public func check(_ images: ImageShape) throws(AugmentationError) {
    try AugmentationError.checkColors(images, of: Self.name)
  }

  /// The paper's wide space: translations are in pixels, whatever the image's size.
  static let space = OperationSpace(
    bins: bins, shear: 0.99, translation: (32, 32), rotation: 135, blend: 0.99, bits: (8, 6),
    plain: [.identity, .autoContrast, .equalize])

  public func callAsFunction(_ batch: ImageBatch, key: Key) -> ImageBatch {
    let chosen = Self.space.draw(batch, steps: 1, key: key) { key.derived("bin").offsets($0, upTo: Self.bins - 1) }
    return batch.with(levels: chosen.applied(to: batch.levels, among: Self.space.operations, resampling))
  }
}
