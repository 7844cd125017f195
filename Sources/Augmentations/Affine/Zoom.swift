import Configuration

/// Enlarges and shrinks images by factors drawn evenly, one for each axis, as Keras' `zoom_range`. Factors above 1
/// shrink what is seen.
public struct Zoom: Augmentation, AffineAugmentation {
  public static let name = "zoom"
  public static let summary = "enlarges or shrinks images, width and height by factors of their own"
  public static let parameters =
    [
      Parameter("range", default: "[0.75, 1.25]", "of both factors; one number z is [1 - z, 1 + z]")
    ] + FillMode.parameters

  public var range: ClosedRange<Double>
  public var mode: FillMode
  public var fill: FillMode? { mode }

  public init(_ range: ClosedRange<Double> = 0.75...1.25, fill mode: FillMode = .nearest) {
    self.range = range
    self.mode = mode
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    range = try options.zoom("range", default: 0.75...1.25)
    mode = try FillMode(from: &options)
  }

  public func map(_ count: Int, _ size: ImageShape, key: Key) -> AffineMap {
    .zoom(
      vertical: key.derived("vertical").uniform([count], in: range),
      horizontal: key.derived("horizontal").uniform([count], in: range))
  }

  public func check(_ images: ImageShape) throws(AugmentationError) {
    try AugmentationError.check(range.lowerBound, "\(Self.name).range", "above 0 at its lower end") { $0 > 0 }
  }
}

extension Options {
  /// Factors: `[low, high]`, or z for `[1 - z, 1 + z]`.
  mutating func zoom(
    _ key: String, default fallback: ClosedRange<Double>
  ) throws(ConfigurationError) -> ClosedRange<Double> {
    guard case .number = try peek(key) else { return try range(key, default: fallback, in: 0.001...1000) }
    let amount = try number(key, default: 0, in: 0...0.999)
    return (1 - amount)...(1 + amount)
  }
}
