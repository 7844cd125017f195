import Configuration

/// Slants images by an angle drawn evenly, as Keras' `shear_range`.
public struct Shear: Augmentation, AffineAugmentation {
  public static let name = "shear"
  public static let summary = "slants images by up to so many degrees either way"
  public static let parameters =
    [Parameter("degrees", default: 10, "the greatest angle either way, below 90")] + FillMode.parameters

  public var degrees: Double
  public var mode: FillMode
  public var fill: FillMode? { mode }

  public init(degrees: Double = 10, fill mode: FillMode = .nearest) {
    self.degrees = degrees
    self.mode = mode
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    degrees = try options.number("degrees", default: 10, in: 0...89)
    mode = try FillMode(from: &options)
  }

  public func map(_ count: Int, _ size: ImageShape, key: Key) -> AffineMap {
    .shear(degrees: key.uniform([count], in: -degrees...degrees))
  }

  public func check(_ images: ImageShape) throws(AugmentationError) {
    try AugmentationError.check(degrees, "\(Self.name).degrees", "from 0 to 89") { (0...89).contains($0) }
  }
}
