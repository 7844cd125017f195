import Configuration

/// An augmentation that mixes each example with another of its batch, by a weight from Beta(α, α).
protocol MixingAugmentation: Augmentation {
  var alpha: any Schedule { get set }
  var scope: MaskScope { get set }
}

extension MixingAugmentation {
  static var settings: [Setting<Self>] {
    [
      Setting(
        "alpha", \.alpha, .number(in: alphas), "α of the mixing weight's distribution Beta(α, α)"),
      Setting("each", \.scope, .word, "one weight per image or per batch"),
    ]
  }

  public var stage: AugmentationStage { .prepared }

  private static var alphas: ClosedRange<Double> { 0.001...1000 }

  public func scheduled(at progress: Progress) -> any Augmentation { fixed(\.alpha, at: progress) }

  public func check(_ images: ImageShape) throws(AugmentationError) {
    try AugmentationError.check(alpha, "\(Self.name).alpha", "from 0.001 to 1000") { Self.alphas.contains($0) }
  }
}

extension AugmentationPipeline {
  /// The first that mixes examples, and with them their targets.
  package var mixing: (any Augmentation)? { augmentations.first { $0 is any MixingAugmentation } }
}

/// Each image and its target mixed with another's of the batch: `λ x + (1 - λ) x'`, λ from Beta(α, α)
/// ([Zhang et al. 2018](https://arxiv.org/abs/1710.09412)). Class indices become probabilities.
public struct MixUp: Augmentation, MixingAugmentation {
  public static let declaration = Declaration(
    "mixUp", "mixes images and targets in pairs", standard: MixUp(),
    reference: Reference(
      "Zhang et al.", 2018, "mixup: Beyond Empirical Risk Minimization", "https://arxiv.org/abs/1710.09412"),
    settings: settings)

  public var alpha: any Schedule
  public var scope: MaskScope

  public init(alpha: any Schedule = 1.0, each scope: MaskScope = .batch) {
    self.alpha = alpha
    self.scope = scope
  }

  public func callAsFunction(_ batch: ImageBatch, key: Key) -> ImageBatch {
    let share = batch.draw(each: scope) { key.derived("share").symmetricBeta($0, alpha: alpha.initial) }
    let partners = batch.draw { key.derived("partners").permutation($0) }
    var mixed = batch
    let (own, other) = (batch.values, batch.whole(batch.values).take(partners))
    mixed.images = other + (own - other) * share.perImage.cast(to: own.dtype)
    mixed.targets = batch.mixedTargets(with: partners, share: share)
    return mixed
  }
}

/// A rectangle of each image replaced by another image's of the batch, targets mixed by area
/// ([Yun et al. 2019](https://arxiv.org/abs/1905.04899)). The area is `1 - λ`, λ from Beta(α, α), before it is clipped
/// at the image's edges. Class indices become probabilities.
public struct CutMix: Augmentation, MixingAugmentation {
  public static let declaration = Declaration(
    "cutMix", "pastes a rectangle of another image and mixes targets", standard: CutMix(),
    reference: Reference(
      "Yun et al.", 2019, "CutMix: Regularization Strategy to Train Strong Classifiers with Localizable Features",
      "https://arxiv.org/abs/1905.04899"),
    settings: settings)

  public var alpha: any Schedule
  public var scope: MaskScope

  public init(alpha: any Schedule = 1.0, each scope: MaskScope = .batch) {
    self.alpha = alpha
    self.scope = scope
  }

  public func callAsFunction(_ batch: ImageBatch, key: Key) -> ImageBatch {
    let size = batch.size
    let edge = (1 - batch.draw(each: scope) { key.derived("share").symmetricBeta($0, alpha: alpha.initial) }).sqrt()
    let y = batch.draw(each: scope) { key.derived("y").offsets($0, upTo: size.height - 1) }.cast(to: .float32)
    let x = batch.draw(each: scope) { key.derived("x").offsets($0, upTo: size.width - 1) }.cast(to: .float32)
    let box = PixelBox.around(
      y: y, x: x, height: (edge * Double(size.height)).floor(), width: (edge * Double(size.width)).floor(), in: size)
    let partners = batch.draw { key.derived("partners").permutation($0) }
    let values = batch.values
    var mixed = batch
    mixed.images = Tensor.select(
      box.mask(size).broadcast(to: values.shape), batch.whole(values).take(partners), values)
    let share = 1 - (box.bottom - box.top) * (box.right - box.left) * (1 / Double(size.pixels))
    mixed.targets = batch.mixedTargets(with: partners, share: share)
    return mixed
  }
}

extension ImageBatch {
  /// Targets that can be mixed: class indices as probabilities, others unchanged.
  var mixableTargets: Tensor {
    guard targets.dtype.isInteger, let classes else { return targets }
    return targets.oneHot(classes, dtype: .float32)
  }

  /// Targets mixed with those of other examples: `share` is the weight of the example's own.
  /// - Parameter share: `[batch]` or `[1]`
  func mixedTargets(with partners: Tensor, share: Tensor) -> Tensor {
    let own = mixableTargets
    let shape = Shape([share.shape[0]] + own.shape.dropFirst().map { _ in 1 })
    let share = share.reshape(to: shape).cast(to: own.dtype)
    let other = whole(own).take(partners)
    return other + (own - other) * share
  }
}

extension Key {
  /// Numbers from Beta(`alpha`, `alpha`): one of two gamma variates divided by their sum.
  package func symmetricBeta(_ count: Int, alpha: Coefficient) -> Tensor {
    let one = derived("one").logarithmicGamma(count, shape: alpha)
    let other = derived("other").logarithmicGamma(count, shape: alpha)
    return (one - other).sigmoid()
  }

  /// Rows of `parts` numbers that add up to 1, from the Dirichlet distribution with all parameters `alpha`.
  func symmetricDirichlet(_ count: Int, parts: Int, alpha: Coefficient) -> Tensor {
    Tensor.stack(
      (0..<parts).map { derived("part").folding($0).logarithmicGamma(count, shape: alpha) }, axis: 1
    ).softmax(axis: 1)
  }

  /// Logarithms of gamma variates, which underflow themselves for small shapes.
  ///
  /// By Marsaglia and Tsang (2000), who accept more than 95 % of the draws: all of 16 fail once in 10^20 numbers.
  private func logarithmicGamma(_ count: Int, shape alpha: Coefficient) -> Tensor {
    let draws: Shape = [count, 16]
    let d = alpha.raisedIfSmall - 1 / 3.0
    let normal = derived("normal").normal(draws)
    let root = normal * (1 / (9 * d).squareRoot()) + 1
    let cube = root * root * root
    let logarithm = cube.maximum(1e-30).log()
    let uniform = (1 - derived("uniform").uniform(draws)).log()
    let isTaken = (root .> 0) .& (uniform .< normal * normal * 0.5 + d - cube * d + logarithm * d)
    let first = isTaken.cast(to: .int32).argMax(axis: 1).expand(at: -1)
    let taken = logarithm.takeAlongAxis(first, axis: 1).squeeze(1)
    if let alpha = alpha.constant, alpha >= 1 { return taken }
    let boosted = taken + (1 - derived("boost").uniform([count])).log() * (1 / alpha)
    return alpha.constant == nil ? Tensor.select(alpha.tensor(.float32) .< 1, boosted, taken) : boosted
  }
}

extension Coefficient {
  /// A gamma variate's shape that draws are accepted for: 1 more if it is below 1.
  fileprivate var raisedIfSmall: Coefficient {
    if let constant { return Coefficient(constant < 1 ? constant + 1 : constant) }
    return Coefficient { dtype in
      let alpha = tensor(dtype)
      return Tensor.select(alpha .< 1, alpha + 1, alpha)
    }
  }
}
