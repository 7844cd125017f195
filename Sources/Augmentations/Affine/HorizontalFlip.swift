import Configuration

/// Exchanges left and right of an image, with a probability.
public struct HorizontalFlip: Augmentation, FlipAugmentation {
  public static let name = "horizontalFlip"
  public static let summary = "exchanges left and right, with a probability"
  public static let parameters = [Parameter("probability", default: 0.5, "how many of the images are flipped")]

  public var probability: Double
  var axis: Int { 2 }

  public init(probability: Double = 0.5) { self.probability = probability }

  public init(from options: inout Options) throws(ConfigurationError) {
    probability = try options.probability("probability", default: 0.5)
  }

  public func check(_ images: ImageShape) throws(AugmentationError) {
    try AugmentationError.check(probability: probability, "\(Self.name).probability")
  }
}
