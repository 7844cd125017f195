/// Slants images by an angle drawn evenly, as Keras' `shear_range`.
public struct Shear: Augmentation, TurningAugmentation {
  public static let name = "shear"
  public static let summary = "slants images by up to so many degrees either way"
  static let limit = 89.0

  public var degrees: Double
  public var mode: FillMode

  public init(degrees: Double = 10, fill mode: FillMode = .nearest) {
    self.degrees = degrees
    self.mode = mode
  }

  func map(degrees: Tensor) -> AffineMap { .shear(degrees: degrees) }
}
