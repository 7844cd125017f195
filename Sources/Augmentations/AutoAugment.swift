import Configuration

/// One of the learned pairs of operations, each applied with its own probability, as torchvision's `AutoAugment`
/// ([Cubuk et al. 2018](https://arxiv.org/abs/1805.09501)). The pairs are those found for CIFAR-10.
public struct AutoAugment: Augmentation {
  public static let declaration = Declaration(
    "autoAugment", "one of 25 pairs of operations, learned for CIFAR-10, chosen per image", standard: AutoAugment(),
    reference: Reference(
      "Cubuk et al.", 2018, "AutoAugment: Learning Augmentation Policies from Data",
      "https://arxiv.org/abs/1805.09501"),
    settings: Resampling.settings.of(\.resampling))
  private static let bins = 10

  var resampling: Resampling

  /// - Parameter fill: the level outside of the image, 0...255.
  public init(interpolation: Interpolation = .nearest, fill: Double = 0) {
    resampling = Resampling(interpolation: interpolation, fill: fill)
  }

  public func check(_ images: ImageShape) throws(AugmentationError) {
    try AugmentationError.checkColors(images, of: Self.name)
  }

  static func space(_ images: ImageShape) -> OperationSpace {
    OperationSpace(
      bins: bins, shear: 0.3, translation: images.shares(150 / 331.0), rotation: 30, blend: 0.9, bits: (8, 4),
      plain: [.autoContrast, .equalize, .invert])
  }

  public func callAsFunction(_ batch: ImageBatch, key: Key) -> ImageBatch {
    func drawn(_ numbers: (Int) -> Tensor) -> Tensor { batch.draw(numbers) }
    let chosen = Self.chosen(
      pair: drawn { key.derived("pair").offsets($0, upTo: Self.pairs.count - 1) },
      probability: drawn { key.derived("applied").uniform([$0, 2]) },
      isNegative: drawn { key.derived("sign").bernoulli([$0, 2], probability: 0.5) }, in: Self.space(batch.size))
    let candidates = Set(Self.pairs.flatMap { [$0.operation, $1.operation] })
    return batch.with(levels: chosen.applied(to: batch.levels, among: candidates, resampling))
  }

  /// The operations `[batch, 2]` of pairs `[batch]`; numbers from 0 to 1, `[batch, 2]`, decide which are applied.
  static func chosen(
    pair: Tensor, probability: Tensor, isNegative: Tensor, in space: OperationSpace
  ) -> ChosenOperations {
    let steps = pairs.flatMap { [$0, $1] }
    let entries = Dictionary(uniqueKeysWithValues: space.entries.map { ($0.operation, $0) })
    func rows(_ table: Tensor) -> Tensor { table.reshape(to: [pairs.count, 2]).take(pair) }
    let operation = rows(Tensor(steps.map { Int32($0.operation.rawValue) }))
    let magnitude = rows(Tensor(steps.map { Float(entries[$0.operation]?.magnitudes[$0.bin] ?? 0) }))
    let isSigned = rows(Tensor(steps.map { entries[$0.operation]?.isSigned ?? false }))
    let isApplied = probability .<= rows(Tensor(steps.map { Float($0.probability) }))
    return ChosenOperations(
      operation: operation.replaced(where: .!isApplied, by: Double(ImageOperation.identity.rawValue)),
      magnitude: Tensor.select(isNegative .& isSigned, -magnitude, magnitude))
  }
}

extension AutoAugment {
  /// One of a pair's operations.
  struct Step: Sendable {
    let operation: ImageOperation
    let probability: Double
    /// Of its magnitude; any for an operation without one.
    let bin: Int

    init(_ operation: ImageOperation, _ probability: Double, bin: Int = 0) {
      (self.operation, self.probability, self.bin) = (operation, probability, bin)
    }
  }

  /// The policy for CIFAR-10 (table 7 of the paper).
  static let pairs: [(Step, Step)] = [
    (Step(.invert, 0.1), Step(.contrast, 0.2, bin: 6)),
    (Step(.rotate, 0.7, bin: 2), Step(.translateX, 0.3, bin: 9)),
    (Step(.sharpness, 0.8, bin: 1), Step(.sharpness, 0.9, bin: 3)),
    (Step(.shearY, 0.5, bin: 8), Step(.translateY, 0.7, bin: 9)),
    (Step(.autoContrast, 0.5), Step(.equalize, 0.9)),
    (Step(.shearY, 0.2, bin: 7), Step(.posterize, 0.3, bin: 7)),
    (Step(.color, 0.4, bin: 3), Step(.brightness, 0.6, bin: 7)),
    (Step(.sharpness, 0.3, bin: 9), Step(.brightness, 0.7, bin: 9)),
    (Step(.equalize, 0.6), Step(.equalize, 0.5)),
    (Step(.contrast, 0.6, bin: 7), Step(.sharpness, 0.6, bin: 5)),
    (Step(.color, 0.7, bin: 7), Step(.translateX, 0.5, bin: 8)),
    (Step(.equalize, 0.3), Step(.autoContrast, 0.4)),
    (Step(.translateY, 0.4, bin: 3), Step(.sharpness, 0.2, bin: 6)),
    (Step(.brightness, 0.9, bin: 6), Step(.color, 0.2, bin: 8)),
    (Step(.solarize, 0.5, bin: 2), Step(.invert, 0)),
    (Step(.equalize, 0.2), Step(.autoContrast, 0.6)),
    (Step(.equalize, 0.2), Step(.equalize, 0.6)),
    (Step(.color, 0.9, bin: 9), Step(.equalize, 0.6)),
    (Step(.autoContrast, 0.8), Step(.solarize, 0.2, bin: 8)),
    (Step(.brightness, 0.1, bin: 3), Step(.color, 0.7, bin: 0)),
    (Step(.solarize, 0.4, bin: 5), Step(.autoContrast, 0.9)),
    (Step(.translateY, 0.9, bin: 9), Step(.translateY, 0.7, bin: 9)),
    (Step(.autoContrast, 0.9), Step(.solarize, 0.8, bin: 3)),
    (Step(.equalize, 0.8), Step(.invert, 0.1)),
    (Step(.translateY, 0.7, bin: 9), Step(.autoContrast, 0.9)),
  ]
}
