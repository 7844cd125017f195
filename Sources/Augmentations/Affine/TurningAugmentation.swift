import Configuration

/// An affine augmentation by an angle, drawn evenly up to so many degrees either way.
protocol TurningAugmentation: AffineAugmentation {
  /// The greatest angle there may be.
  static var limit: Double { get }

  var degrees: Double { get }
  var mode: FillMode { get }
  init(degrees: Double, fill mode: FillMode)

  /// The maps for angles `[batch]` in degrees.
  func map(degrees: Tensor) -> AffineMap
}

extension TurningAugmentation {
  public static var parameters: [Parameter] {
    [Parameter("degrees", default: 10, "the greatest angle either way, up to \(Int(limit))")] + FillMode.parameters
  }

  public var fill: FillMode? { mode }

  public init(from options: inout Options) throws(ConfigurationError) {
    self.init(
      degrees: try options.number("degrees", default: 10, in: 0...Self.limit), fill: try FillMode(from: &options))
  }

  public func map(_ count: Int, _ size: ImageShape, key: Key) -> AffineMap {
    map(degrees: key.uniform([count], in: -degrees...degrees))
  }

  public func check(_ images: ImageShape) throws(AugmentationError) {
    try AugmentationError.check(degrees, "\(Self.name).degrees", "from 0 to \(Int(Self.limit))") {
      (0...Self.limit).contains($0)
    }
  }
}
