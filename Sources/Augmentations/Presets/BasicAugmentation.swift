import Configuration

/// What CIFAR is usually trained with: four pixels of padding and a crop, and flips left to right.
public struct BasicAugmentation: Augmentation, AugmentationGroup {
  public static let name = "basic"
  public static let summary = "pad by 4 and crop, and flip left to right"
  public static let parameters = [
    Parameter("pixels", default: 4, "how far each side is padded"),
    Parameter("padding", default: "zero", "what with: zero, or reflect as SAM's official code has it"),
  ]

  public var crop: PadAndCrop
  public var parts: [any Augmentation] { [crop, HorizontalFlip()] }

  public init(pixels: Int = 4, padding: PadAndCrop.Padding = .zero) {
    crop = PadAndCrop(pixels: pixels, padding: padding)
  }

  public init(from options: inout Options) throws(ConfigurationError) { crop = try PadAndCrop(from: &options) }
}
