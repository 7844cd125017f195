import Configuration

/// The usual augmentation for CIFAR: four pixels of padding, a random crop, and flips left to right.
public struct BasicAugmentation: Augmentation, AugmentationGroup {
  public static let name = "basic"
  public static let summary = "pad by 4 and crop, flip left to right"
  public static let parameters = [
    Parameter("pixels", default: 4, "pixels of padding per side"),
    Parameter(
      "padding", default: "zero", "content of the padding: zero, or reflect as in SAM's reference implementation"),
  ]

  public var crop: PadAndCrop
  public var parts: [any Augmentation] { [crop, HorizontalFlip()] }

  public init(pixels: Int = 4, padding: PadAndCrop.Padding = .zero) {
    crop = PadAndCrop(pixels: pixels, padding: padding)
  }

  public init(from options: inout Options) throws(ConfigurationError) { crop = try PadAndCrop(from: &options) }
}

/// Shifts by up to 4/32 of width and height, fractions of pixels included: "medium" in the comparison
/// `warmup-batchsize`. Its published text describes flips as well, which its code lacks: `flip: true` adds them.
public struct MediumAugmentation: Augmentation, AugmentationGroup {
  public static let name = "medium"
  public static let summary = "shifts by up to an eighth, optionally with flips"
  public static let parameters = [
    Parameter("flip", default: false, "whether to flip left to right too")
  ]

  public var flip: Bool
  public var parts: [any Augmentation] { [Shift()] + (flip ? [HorizontalFlip()] : []) }

  public init(flip: Bool = false) { self.flip = flip }

  public init(from options: inout Options) throws(ConfigurationError) {
    flip = try options.flag("flip", default: false)
  }
}

/// Shifts by up to 4/32, flips, rotation by up to 10 degrees, zoom of 0.75 to 1.25, channel shifts of up to 50, then
/// random erasing: "strong" in the comparison `warmup-batchsize`.
public struct StrongAugmentation: Augmentation, AugmentationGroup {
  public static let name = "strong"
  public static let summary = "shift, flip, rotation, zoom, channel shift and random erasing"

  public var parts: [any Augmentation] {
    [
      ImageDataGenerator(
        rotation: 10, widthShift: .uniform(4 / 32.0), heightShift: .uniform(4 / 32.0), zoom: 0.75...1.25,
        channelShift: 50, horizontalFlip: true),
      RandomErasing(.landscape),
    ]
  }

  public init() {}
  public init(from options: inout Options) throws(ConfigurationError) {}
}

/// The random transformations of Keras' `ImageDataGenerator` in its order: rotation, shift, shear and zoom in one
/// resampling, then channel shift, flips and brightness. Those that are 0 or not set are left out.
///
/// Flips are part of the resampling here, which gives the same images. The centre is the image's own even if it isn't
/// square.
public struct ImageDataGenerator: Augmentation, AugmentationGroup {
  public static let name = "imageDataGenerator"
  public static let summary = "the transformations of Keras' ImageDataGenerator in its order"
  public static let parameters =
    [
      Parameter("rotation", default: 0, "the greatest angle in degrees"),
      Parameter("widthShift", default: 0, "the greatest shift: below 1 a fraction of the width, from 1 on pixels"),
      Parameter("heightShift", default: 0, "the greatest shift: below 1 a fraction of the height, from 1 on pixels"),
      Parameter("shear", default: 0, "the greatest angle in degrees"),
      Parameter("zoom", default: 0, "z for [1 - z, 1 + z], or the range of the factors"),
      Parameter("channelShift", default: 0, "the greatest number added to all channels, where white is 255"),
      Parameter("horizontalFlip", default: false, "whether to flip half of the images left to right"),
      Parameter("verticalFlip", default: false, "whether to flip half of the images top to bottom"),
      Parameter("brightness", default: "[1, 1]", "range of the factor"),
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
