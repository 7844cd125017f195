import Configuration

/// Article 4's medium augmentation: shifts by up to 4/32 of width and height, between pixels. Its code has no
/// flip although its prose says so: `flip: true` is the prose's.
public struct MediumAugmentation: Augmentation, AugmentationGroup {
  public static let name = "medium"
  public static let summary = "article 4's shifts by up to an eighth; with flip as its prose has it"
  public static let parameters = [
    Parameter("flip", default: false, "whether images are flipped left to right too")
  ]

  public var flip: Bool
  public var parts: [any Augmentation] { [Shift()] + (flip ? [HorizontalFlip()] : []) }

  public init(flip: Bool = false) { self.flip = flip }

  public init(from options: inout Options) throws(ConfigurationError) {
    flip = try options.flag("flip", default: false)
  }
}
