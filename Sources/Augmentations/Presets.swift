import Configuration

/// The usual augmentation for CIFAR: four pixels of padding, a random crop, and flips left to right.
public struct BasicAugmentation: Augmentation, AugmentationGroup {
  public static let declaration = Declaration(
    "basic", "pad by 4 and crop, flip left to right", standard: BasicAugmentation(),
    settings: PadAndCrop.declaration.settings.of(\.crop))

  public var crop: PadAndCrop
  public var parts: [any Augmentation] { [crop, HorizontalFlip()] }

  public init(pixels: any Schedule = 4.0, padding: PadAndCrop.Padding = .zero) {
    crop = PadAndCrop(pixels: pixels, padding: padding)
  }

}

/// Shifts by up to 4/32 of width and height, fractions of pixels included: "medium" in the comparison
/// `warmup-batchsize`. Its published text describes flips as well, which its code lacks: `flip: true` adds them.
public struct MediumAugmentation: Augmentation, AugmentationGroup {
  public static let declaration = Declaration(
    "medium", "shifts by up to an eighth, optionally with flips", standard: MediumAugmentation(),
    settings: [Setting("flip", \.flip, .flag, "whether to flip left to right too")])

  public var flip: Bool
  public var parts: [any Augmentation] { [Shift()] + (flip ? [HorizontalFlip()] : []) }

  public init(flip: Bool = false) { self.flip = flip }

}

/// Shifts by up to 4/32, flips, rotation by up to 10 degrees, zoom of 0.75 to 1.25, channel shifts of up to 50, then
/// random erasing: "strong" in the comparison `warmup-batchsize`.
public struct StrongAugmentation: Augmentation, AugmentationGroup {
  public static let declaration = Declaration(
    "strong", "shift, flip, rotation, zoom, channel shift and random erasing", standard: StrongAugmentation())

  public var parts: [any Augmentation] {
    [
      ImageDataGenerator(
        rotation: 10, widthShift: .uniform(4 / 32.0), heightShift: .uniform(4 / 32.0), zoom: 0.75...1.25,
        channelShift: 50.0, horizontalFlip: true),
      RandomErasing(.landscape),
    ]
  }

  public init() {}
}

/// The random transformations of Keras' `ImageDataGenerator` in its order: rotation, shift, shear and zoom in one
/// resampling, then channel shift, flips and brightness. Those that are 0 or not set are left out.
///
/// Flips are part of the resampling here, which gives the same images. The centre is the image's own even if it isn't
/// square.
public struct ImageDataGenerator: Augmentation, AugmentationGroup {
  public static let declaration = Declaration(
    "imageDataGenerator", "the transformations of Keras' ImageDataGenerator in its order",
    standard: ImageDataGenerator(),
    settings: [
      Setting("rotation", \.rotation, .number(in: 0...180), "the greatest angle in degrees"),
      Setting(
        "widthShift", \.widthShift, .shift, "the greatest shift: below 1 a fraction of the width, from 1 on pixels"),
      Setting(
        "heightShift", \.heightShift, .shift, "the greatest shift: below 1 a fraction of the height, from 1 on pixels"),
      Setting("shear", \.shear, .number(in: 0...89), "the greatest angle in degrees"),
      Setting("zoom", \.zoom, .zoom, "range of both factors"),
      Setting(
        "channelShift", \.channelShift, .number(in: 0...255),
        "the greatest number added to all channels, where white is 255"),
      Setting("horizontalFlip", \.horizontalFlip, .flag, "whether to flip half of the images left to right"),
      Setting("verticalFlip", \.verticalFlip, .flag, "whether to flip half of the images top to bottom"),
      Setting("brightness", \.brightness, .range(in: 0...100), "range of the factor"),
    ] + FillMode.settings.of(\.fill))

  public var rotation: any Schedule
  public var widthShift: ShiftRange
  public var heightShift: ShiftRange
  public var shear: any Schedule
  public var zoom: any RangeSchedule
  public var channelShift: any Schedule
  public var horizontalFlip: Bool
  public var verticalFlip: Bool
  public var brightness: any RangeSchedule
  public var fill: FillMode

  public init(
    rotation: any Schedule = 0.0, widthShift: ShiftRange = .uniform(0.0), heightShift: ShiftRange = .uniform(0.0),
    shear: any Schedule = 0.0, zoom: any RangeSchedule = 1.0...1.0, channelShift: any Schedule = 0.0,
    horizontalFlip: Bool = false,
    verticalFlip: Bool = false, brightness: any RangeSchedule = 1.0...1.0, fill: FillMode = .nearest
  ) {
    self.rotation = rotation
    self.widthShift = widthShift
    self.heightShift = heightShift
    self.shear = shear
    self.zoom = zoom
    self.channelShift = channelShift
    self.horizontalFlip = horizontalFlip
    self.verticalFlip = verticalFlip
    self.brightness = brightness
    self.fill = fill
  }

  public var parts: [any Augmentation] {
    var parts: [any Augmentation] = []
    if rotation.constant != 0 { parts.append(Rotation(degrees: rotation, fill: fill)) }
    if !widthShift.isNone || !heightShift.isNone {
      parts.append(Shift(width: widthShift, height: heightShift, fill: fill))
    }
    if shear.constant != 0 { parts.append(Shear(degrees: shear, fill: fill)) }
    if zoom.constant != 1...1 { parts.append(Zoom(zoom, fill: fill)) }
    if horizontalFlip { parts.append(HorizontalFlip()) }
    if verticalFlip { parts.append(VerticalFlip()) }
    if channelShift.constant != 0 { parts.append(ChannelShift(channelShift)) }
    if brightness.constant != 1...1 { parts.append(Brightness(brightness)) }
    return parts
  }
}
