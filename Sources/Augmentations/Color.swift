import Configuration

/// Multiplies images by a factor and rounds down to whole bytes, as Keras' `brightness_range` does through Pillow.
/// Images are clamped to 0...white, not rescaled to it.
public struct Brightness: Augmentation {
  public static let declaration = Declaration(
    "brightness", "multiplies images by a random factor, in whole bytes", standard: Brightness(),
    settings: [Setting("range", \.range, .range(in: 0...100), "range of the factor")])

  public var range: any RangeSchedule

  public init(_ range: any RangeSchedule = 0.5...1.5) { self.range = range }

  public func scheduled(at progress: Progress) -> any Augmentation { fixed(ranges: \.range, at: progress) }

  public func check(_ images: ImageShape) throws(AugmentationError) {
    try AugmentationError.check(range, "\(Self.name).range", "0 or more at both ends") { $0 >= 0 }
  }

  public func callAsFunction(_ batch: ImageBatch, key: Key) -> ImageBatch {
    batch.with(images: Self.scaled(batch.values, by: batch.draw { key.uniform([$0], in: range) }, white: batch.white))
  }

  /// - Parameter factor: `[batch]`
  static func scaled(_ images: Tensor, by factor: Tensor, white: Double) -> Tensor {
    let levels = images.levels(white: white)
    return (levels * factor.perImage.cast(to: images.dtype)).truncatedToLevels.pixels(white: white)
  }
}

/// Adds one random number to all channels of an image and clamps the result to the image's own range, as Keras'
/// `channel_shift_range`.
public struct ChannelShift: Augmentation {
  public static let declaration = Declaration(
    "channelShift", "adds one random number to all channels, within the image's own range", standard: ChannelShift(),
    settings: [Setting("range", \.range, .number(in: 0...255), "the greatest magnitude, where white is 255")])

  public var range: any Schedule

  public init(_ range: any Schedule = 50.0) { self.range = range }

  public func scheduled(at progress: Progress) -> any Augmentation { fixed(\.range, at: progress) }

  public func check(_ images: ImageShape) throws(AugmentationError) {
    try AugmentationError.check(range, "\(Self.name).range", "from 0 to 255") { (0...255).contains($0) }
  }

  public func callAsFunction(_ batch: ImageBatch, key: Key) -> ImageBatch {
    let limit = range.initial * Coefficient(batch.white) / 255
    return batch.with(images: Self.shifted(batch.values, by: batch.draw { key.uniform([$0], within: limit) }))
  }

  /// - Parameter intensity: `[batch]`
  static func shifted(_ images: Tensor, by intensity: Tensor) -> Tensor {
    if let diagnostic = images.diagnostic { return .failed(diagnostic) }
    // One reduction for both ends: XLA recomputes the operand, a resampling for instance, in each reduction.
    let ends = Tensor.stack([images, -images], axis: 1).max([2, 3, 4])
    let greatest = ends.slice(0..<1, axis: 1).reshape(to: [images.shape[0], 1, 1, 1])
    let least = -ends.slice(1..<2, axis: 1).reshape(to: [images.shape[0], 1, 1, 1])
    return (images + intensity.perImage.cast(to: images.dtype)).maximum(least).minimum(greatest)
  }
}

/// Changes brightness, contrast, saturation and hue, in this order, by the formulas of torchvision's
/// `ColorJitter`, which draws the order too.
public struct ColorJitter: Augmentation {
  public static let declaration = Declaration(
    "colorJitter", "changes brightness, contrast, saturation and hue (torchvision)", standard: ColorJitter(),
    settings: [
      Setting(
        "brightness", \.brightness, .number(in: 0...100),
        "the factor is uniform in [1 - this, 1 + this], and never negative"),
      Setting(
        "contrast", \.contrast, .number(in: 0...100), "the same for the distance from the image's mean grey"),
      Setting("saturation", \.saturation, .number(in: 0...100), "the same for the distance from grey"),
      Setting("hue", \.hue, .number(in: 0...0.5), "the greatest rotation of the hue, in turns"),
    ])

  public var brightness: any Schedule
  public var contrast: any Schedule
  public var saturation: any Schedule
  public var hue: any Schedule

  public init(
    brightness: any Schedule = 0.4, contrast: any Schedule = 0.4, saturation: any Schedule = 0.4,
    hue: any Schedule = 0.1
  ) {
    self.brightness = brightness
    self.contrast = contrast
    self.saturation = saturation
    self.hue = hue
  }

  public func check(_ images: ImageShape) throws(AugmentationError) {
    for (value, field) in [(brightness, "brightness"), (contrast, "contrast"), (saturation, "saturation")] {
      try AugmentationError.check(value, "\(Self.name).\(field)", "from 0 to 100") { (0...100).contains($0) }
    }
    try AugmentationError.check(hue, "\(Self.name).hue", "from 0 to 0.5") { (0...0.5).contains($0) }
    guard images.channels == 3 else {
      throw .wrongChannels(augmentation: Self.name, channels: images.channels, expected: [3])
    }
  }

  public func scheduled(at progress: Progress) -> any Augmentation {
    fixed(\.brightness, \.contrast, \.saturation, \.hue, at: progress)
  }

  public func callAsFunction(_ batch: ImageBatch, key: Key) -> ImageBatch {
    func factor(_ name: String, _ strength: any Schedule) -> Tensor {
      let strength = strength.initial
      return batch.draw { key.derived(name).uniform([$0], from: (1 - strength).maximum(0), to: 1 + strength) }
    }
    let unit = batch.values * (1 / batch.white)
    let jittered = Self.jittered(
      unit, brightness: factor("brightness", brightness), contrast: factor("contrast", contrast),
      saturation: factor("saturation", saturation),
      hue: batch.draw { key.derived("hue").uniform([$0], within: hue.initial) })
    return batch.with(images: jittered * batch.white)
  }

  /// - Parameters:
  ///   - images: `[batch, height, width, 3]`, white is 1.
  ///   - hue: turns, `[batch]`; the others are factors.
  static func jittered(
    _ images: Tensor, brightness: Tensor, contrast: Tensor, saturation: Tensor, hue: Tensor
  ) -> Tensor {
    if let diagnostic = images.diagnostic { return .failed(diagnostic) }
    func blend(_ x: Tensor, _ other: Tensor?, _ factor: Tensor) -> Tensor {
      let factor = factor.perImage.cast(to: x.dtype)
      return (other.map { $0 + (x - $0) * factor } ?? x * factor).clamped(to: 0...1)
    }
    let weights = Tensor([0.2989, 0.587, 0.114]).cast(to: images.dtype)
    func grey(_ x: Tensor) -> Tensor { (x * weights).sum([3], keepDims: true) }
    let bright = blend(images, nil, brightness)
    let contrasted = blend(bright, grey(bright).mean([1, 2, 3], keepDims: true), contrast)
    let saturated = blend(contrasted, grey(contrasted), saturation)
    return saturated.rotatingHue(by: hue.perImage.cast(to: images.dtype))
  }
}

extension Tensor {
  /// Colours with their hue rotated in HSV's circle, saturation and value unchanged.
  fileprivate func rotatingHue(by turns: Tensor) -> Tensor {
    func channel(_ index: Int) -> Tensor { slice(index..<index + 1, axis: 3) }
    let (red, green, blue) = (channel(0), channel(1), channel(2))
    let value = self.max([3], keepDims: true)
    let chroma = value - self.min([3], keepDims: true)
    let divisor = chroma.replaced(where: chroma .== 0, by: 1)
    let sixth = Tensor.select(
      value .== red, (green - blue) / divisor,
      Tensor.select(value .== green, (blue - red) / divisor + 2, (red - green) / divisor + 4))
    let hue = sixth + turns * 6
    /// The channel that is greatest where the hue, in sixths, is `offset`, and decreases away from it.
    func fading(_ offset: Double) -> Tensor {
      let angle = hue + offset
      let around = angle - (angle * (1 / 6.0)).floor() * 6
      return value - chroma * around.minimum(4 - around).clamped(to: 0...1)
    }
    return Tensor.concatenate([fading(5), fading(3), fading(1)], axis: 3)
  }
}
