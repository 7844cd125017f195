import Configuration

/// Changes brightness, contrast, saturation and hue, in this order, by the formulas of torchvision's
/// `ColorJitter`, which draws the order too.
public struct ColorJitter: Augmentation {
  public static let name = "colorJitter"
  public static let summary = "changes brightness, contrast, saturation and hue (torchvision)"
  public static let parameters = [
    Parameter("brightness", default: 0.4, "the factor lies in 1 - this...1 + this, and isn't negative"),
    Parameter("contrast", default: 0.4, "the same of the distance from the image's mean grey"),
    Parameter("saturation", default: 0.4, "the same of the distance from grey"),
    Parameter("hue", default: 0.1, "the greatest turn of the colour circle, in turns"),
  ]

  public var brightness: Double
  public var contrast: Double
  public var saturation: Double
  public var hue: Double

  public init(brightness: Double = 0.4, contrast: Double = 0.4, saturation: Double = 0.4, hue: Double = 0.1) {
    self.brightness = brightness
    self.contrast = contrast
    self.saturation = saturation
    self.hue = hue
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    brightness = try options.number("brightness", default: 0.4, in: 0...100)
    contrast = try options.number("contrast", default: 0.4, in: 0...100)
    saturation = try options.number("saturation", default: 0.4, in: 0...100)
    hue = try options.number("hue", default: 0.1, in: 0...0.5)
  }

  public func check(_ images: ImageShape) throws(AugmentationError) {
    for (value, field) in [(brightness, "brightness"), (contrast, "contrast"), (saturation, "saturation")] {
      try AugmentationError.check(value, "\(Self.name).\(field)", "from 0 to 100") { (0...100).contains($0) }
    }
    try AugmentationError.check(hue, "\(Self.name).hue", "from 0 to 0.5") { (0...0.5).contains($0) }
    guard images.channels == 3 else {
      throw .wrongChannels(augmentation: Self.name, channels: images.channels, expected: 3)
    }
  }

  public func callAsFunction(_ batch: ImageBatch, key: Key) -> ImageBatch {
    func factor(_ name: String, _ strength: Double) -> Tensor {
      key.derived(name).uniform([batch.count], in: Swift.max(0, 1 - strength)...(1 + strength))
    }
    let unit = batch.values * (1 / batch.white)
    let jittered = Self.jittered(
      unit, brightness: factor("brightness", brightness), contrast: factor("contrast", contrast),
      saturation: factor("saturation", saturation), hue: key.derived("hue").uniform([batch.count], in: -hue...hue))
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
    func grey(_ x: Tensor) -> Tensor { (x * weights).sum([3], keepingAxes: true) }
    let bright = blend(images, nil, brightness)
    let contrasted = blend(bright, grey(bright).mean([1, 2, 3], keepingAxes: true), contrast)
    let saturated = blend(contrasted, grey(contrasted), saturation)
    return saturated.turned(by: hue.perImage.cast(to: images.dtype))
  }
}

extension Tensor {
  /// Colours with their hue in HSV's circle turned, saturation and value as they were.
  fileprivate func turned(by turns: Tensor) -> Tensor {
    func channel(_ index: Int) -> Tensor { slice(index..<index + 1, axis: 3) }
    let (red, green, blue) = (channel(0), channel(1), channel(2))
    let value = self.max([3], keepingAxes: true)
    let chroma = value - self.min([3], keepingAxes: true)
    let divisor = chroma.replaced(where: chroma .== 0, by: 1)
    let sixth = Tensor.select(
      value .== red, (green - blue) / divisor,
      Tensor.select(value .== green, (blue - red) / divisor + 2, (red - green) / divisor + 4))
    let hue = sixth + turns * 6
    /// The channel that is full where the hue, in sixths, is at `offset` and fades away from it.
    func fading(_ offset: Double) -> Tensor {
      let place = hue + offset
      let around = place - (place * (1 / 6.0)).floor() * 6
      return value - chroma * around.minimum(4 - around).clamped(to: 0...1)
    }
    return Tensor.concatenate([fading(5), fading(3), fading(1)], axis: 3)
  }
}
