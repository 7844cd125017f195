import Configuration

/// An augmentation that mixes each example with another of its batch, by a share drawn of Beta(α, α).
protocol MixingAugmentation: Augmentation {
  var alpha: Double { get }
  var scope: MaskScope { get }
  init(alpha: Double, each scope: MaskScope)
}

extension MixingAugmentation {
  public static var parameters: [Parameter] {
    [
      Parameter("alpha", default: 1, "of Beta(alpha, alpha), which the share is drawn of"),
      Parameter("each", default: "batch", "whether each image or each batch has a share of its own"),
    ]
  }

  public var stage: AugmentationStage { .prepared }

  private static var alphas: ClosedRange<Double> { 0.001...1000 }

  public init(from options: inout Options) throws(ConfigurationError) {
    self.init(
      alpha: try options.number("alpha", default: 1, in: Self.alphas), each: try options.oneOf("each", default: .batch))
  }

  public func check(_ images: ImageShape) throws(AugmentationError) {
    try AugmentationError.check(alpha, "\(Self.name).alpha", "from 0.001 to 1000") { Self.alphas.contains($0) }
  }
}
