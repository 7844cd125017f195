import Configuration

/// A mixture of each image with several randomly changed versions of it, as torchvision's `AugMix`
/// ([Hendrycks et al. 2020](https://arxiv.org/abs/1912.02781)).
///
/// A version has gone through one to three random operations. The weights among the versions are from a Dirichlet
/// distribution, that of the image itself against all of them from a beta distribution. The paper's consistency loss isn't
/// part of it.
public struct AugMix: Augmentation {
  public static let declaration = Declaration(
    "augMix", "each image mixed with randomly changed versions of it", standard: AugMix(),
    reference: Reference(
      "Hendrycks et al.", 2020,
      "AugMix: A Simple Data Processing Method to Improve Robustness and Uncertainty",
      "https://arxiv.org/abs/1912.02781"),
    settings: [
      Setting("severity", \.severity, .integer(in: 1...10), "how many of the ten magnitudes are drawn from"),
      Setting("width", \.width, .integer(in: 1...20), "versions per image"),
      Setting(
        "depth", \.depth, .optional(.integer(in: 1...20), standing: 3),
        "operations per version; none draws 1, 2 or 3"),
      Setting("alpha", \.alpha, .number(in: 0.001...1000), "concentration of both distributions of weights"),
      Setting(
        "color", \.color, .flag,
        "whether brightness, color, contrast and sharpness are among the operations; the paper leaves them out"),
    ] + Resampling.settings.of(\.resampling))
  private static let bins = 10
  private static let greatestDepth = 3

  public var severity: any Schedule
  public var width: Int
  public var depth: Int?
  public var alpha: any Schedule
  public var color: Bool
  var resampling: Resampling

  /// - Parameters:
  ///   - depth: operations per version; nil for 1, 2 or 3, drawn per version.
  ///   - fill: the level outside of the image, 0...255.
  public init(
    severity: any Schedule = 3.0, width: Int = 3, depth: Int? = nil, alpha: any Schedule = 1.0, color: Bool = true,
    interpolation: Interpolation = .linear, fill: Double = 0
  ) {
    (self.severity, self.width, self.depth, self.alpha, self.color) = (severity, width, depth, alpha, color)
    resampling = Resampling(interpolation: interpolation, fill: fill)
  }

  public func check(_ images: ImageShape) throws(AugmentationError) {
    try AugmentationError.checkColors(images, of: Self.name)
    try AugmentationError.check(severity, "\(Self.name).severity", "from 1 to 10") { (1...10).contains($0) }
    try AugmentationError.check(Double(width), "\(Self.name).width", "1 or more") { $0 >= 1 }
    try AugmentationError.check(Double(depth ?? 1), "\(Self.name).depth", "1 or more") { $0 >= 1 }
    try AugmentationError.check(alpha, "\(Self.name).alpha", "from 0.001 to 1000") { (0.001...1000).contains($0) }
  }

  public func scheduled(at progress: Progress) -> any Augmentation { fixed(\.severity, \.alpha, at: progress) }

  func space(_ images: ImageShape) -> OperationSpace {
    OperationSpace(
      bins: Self.bins, shear: 0.3, translation: images.shares(1 / 3.0), rotation: 30, blend: color ? 0.9 : nil,
      bits: (4, 4), plain: [.autoContrast, .equalize])
  }

  public func callAsFunction(_ batch: ImageBatch, key: Key) -> ImageBatch {
    let (space, steps) = (self.space(batch.size), depth ?? Self.greatestDepth)
    let greatest = severity.initial.whole - 1
    let all = space.draw(batch, steps: width * steps, key: key) { key.derived("bin").offsets($0, upTo: greatest) }
    let depths = batch.draw { count in
      depth.map { Tensor(Double($0), dtype: .int32).broadcast(to: [count, width]) }
        ?? key.derived("depth").offsets([count, width], upTo: Self.greatestDepth - 1) + 1
    }
    let weights = batch.draw { key.derived("weights").symmetricDirichlet($0, parts: width, alpha: alpha.initial) }
    let share = batch.draw { key.derived("share").symmetricBeta($0, alpha: alpha.initial) }
    let versions = all.versions(width, depths: depths)
    return batch.with(
      levels: mixed(batch.levels, versions, share: share, weights: weights, among: space.operations))
  }

  /// - Parameters:
  ///   - versions: operations `[batch * width, steps]`, those of an image one after another.
  ///   - share: the weight of the image itself, `[batch]`.
  ///   - weights: of its versions among each other, `[batch, width]`.
  func mixed(
    _ levels: Tensor, _ versions: ChosenOperations, share: Tensor, weights: Tensor,
    among candidates: Set<ImageOperation>
  ) -> Tensor {
    if let diagnostic = levels.diagnostic { return .failed(diagnostic) }
    let shape = levels.shape
    let each = Shape([shape[0], width] + shape.dropFirst())
    let copies = levels.expand(at: 1).broadcast(to: each).reshape(to: Shape([shape[0] * width] + shape.dropFirst()))
    let changed = versions.applied(to: copies, among: candidates, resampling).reshape(to: each)
    let parts = (weights * (1 - share).expand(at: 1)).reshape(to: [shape[0], width, 1, 1, 1])
    return (levels * share.perImage + (changed * parts).sum([1])).truncatedToLevels
  }
}

extension ChosenOperations {
  /// Operations `[batch, width * steps]` as those of `width` versions each, `[batch * width, steps]`.
  /// - Parameter depths: how many of a version's operations count, `[batch, width]`.
  func versions(_ width: Int, depths: Tensor) -> ChosenOperations {
    let shape: Shape = [operation.shape[0] * width, operation.shape[1] / width]
    let step = Tensor.iota(shape, axis: 1)
    let isLeftOut = step .>= depths.reshape(to: [shape[0], 1])
    return ChosenOperations(
      operation: operation.reshape(to: shape)
        .replaced(where: isLeftOut, by: Double(ImageOperation.identity.rawValue)),
      magnitude: magnitude.reshape(to: shape))
  }
}
