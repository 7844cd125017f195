import Configuration

/// Article 4's strong augmentation: its medium shifts with flips, rotation by up to 10 degrees, zoom of 0.75 to
/// 1.25, channel shifts of up to 50, and random erasing on top.
public struct StrongAugmentation: Augmentation, AugmentationGroup {
  public static let name = "strong"
  public static let summary = "article 4's shift, flip, rotation, zoom, channel shift and random erasing"

  public var parts: [any Augmentation] {
    [
      ImageDataGenerator(
        rotation: 10, widthShift: .uniform(4 / 32.0), heightShift: .uniform(4 / 32.0), zoom: 0.75...1.25,
        channelShift: 50, horizontalFlip: true),
      RandomErasing(.article),
    ]
  }

  public init() {}
  public init(from options: inout Options) throws(ConfigurationError) {}
}
