import Configuration

/// The random transforms of Keras' `ImageDataGenerator` in its order: rotation, shift, shear and zoom in one
/// resampling, then channel shift, flips and brightness. What is 0 or not set isn't drawn.
///
/// Flips are part of the resampling here, which gives the same images. The centre is the image's own also where it
/// isn't square.
public struct ImageDataGenerator: Augmentation, AugmentationGroup {
  public static let name = "imageDataGenerator"
  public static let summary = "the transforms of Keras' ImageDataGenerator in its order"
  public static let parameters =
    [
      Parameter("rotation", default: 0, "degrees either way"),
      Parameter("widthShift", default: 0, "a part of the width either way, pixels from 1 on"),
      Parameter("heightShift", default: 0, "a part of the height either way, pixels from 1 on"),
      Parameter("shear", default: 0, "degrees either way"),
      Parameter("zoom", default: 0, "z for [1 - z, 1 + z], or the range of the factors"),
      Parameter("channelShift", default: 0, "added to all channels, where white is 255"),
      Parameter("horizontalFlip", default: false, "whether half of the images are flipped left to right"),
      Parameter("verticalFlip", default: false, "whether half of the images are flipped top to bottom"),
      Parameter("brightness", default: "[1, 1]", "the range of a factor"),
    ] + FillMode.parameters

  public let parts: [any Augmentation]

  public init(
    rotation: Double = 0, widthShift: ShiftRange = .uniform(0), heightShift: ShiftRange = .uniform(0),
    shear: Double = 0, zoom: ClosedRange<Double> = 1...1, channelShift: Double = 0, horizontalFlip: Bool = false,
    verticalFlip: Bool = false, brightness: ClosedRange<Double> = 1...1, fill: FillMode = .nearest
  ) {
    var parts: [any Augmentation] = []
    if rotation != 0 { parts.append(Rotation(degrees: rotation, fill: fill)) }
    if widthShift != .uniform(0) || heightShift != .uniform(0) {
      parts.append(Shift(width: widthShift, height: heightShift, fill: fill))
    }
    if shear != 0 { parts.append(Shear(degrees: shear, fill: fill)) }
    if zoom != 1...1 { parts.append(Zoom(zoom, fill: fill)) }
    if horizontalFlip { parts.append(HorizontalFlip()) }
    if verticalFlip { parts.append(VerticalFlip()) }
    if channelShift != 0 { parts.append(ChannelShift(channelShift)) }
    if brightness != 1...1 { parts.append(Brightness(brightness)) }
    self.parts = parts
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    self.init(
      rotation: try options.number("rotation", default: 0, in: 0...180),
      widthShift: try options.shift("widthShift", default: 0),
      heightShift: try options.shift("heightShift", default: 0),
      shear: try options.number("shear", default: 0, in: 0...89), zoom: try options.zoom("zoom", default: 1...1),
      channelShift: try options.number("channelShift", default: 0, in: 0...255),
      horizontalFlip: try options.flag("horizontalFlip", default: false),
      verticalFlip: try options.flag("verticalFlip", default: false),
      brightness: try options.range("brightness", default: 1...1, in: 0...100), fill: try FillMode(from: &options))
  }
}
