import Configuration

/// Exchanges top and bottom of an image, with a probability.
public struct VerticalFlip: Augmentation, FlipAugmentation {
  public static let name = "verticalFlip"
  public static let summary = "exchanges top and bottom, with a probability"
  public static let parameters = [Parameter("probability", default: 0.5, "how many of the images are flipped")]

  public var probability: Double
  var axis: Int { 1 }

  public init(probability: Double = 0.5) { self.probability = probability }

  public init(from options: inout Options) throws(ConfigurationError) {
    probability = try options.probability("probability", default: 0.5)
  }

  public func check(_ images: ImageShape) throws(AugmentationError) {
    try AugmentationError.check(probability: probability, "\(Self.name).probability")
  }
}
