import Configuration

/// Turns images around their centre by an angle drawn evenly, as Keras' `rotation_range`.
public struct Rotation: Augmentation, AffineAugmentation {
  public static let name = "rotation"
  public static let summary = "turns images by up to so many degrees either way"
  public static let parameters =
    [Parameter("degrees", default: 10, "the greatest angle either way")] + FillMode.parameters

  public var degrees: Double
  public var mode: FillMode
  public var fill: FillMode? { mode }

  public init(degrees: Double = 10, fill mode: FillMode = .nearest) {
    self.degrees = degrees
    self.mode = mode
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    degrees = try options.number("degrees", default: 10, in: 0...180)
    mode = try FillMode(from: &options)
  }

  public func map(_ count: Int, _ size: ImageShape, key: Key) -> AffineMap {
    .rotation(degrees: key.uniform([count], in: -degrees...degrees))
  }

  public func check(_ images: ImageShape) throws(AugmentationError) {
    try AugmentationError.check(degrees, "\(Self.name).degrees", "from 0 to 180") { (0...180).contains($0) }
  }
}
