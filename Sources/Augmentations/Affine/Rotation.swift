/// Turns images around their centre by an angle drawn evenly, as Keras' `rotation_range`.
public struct Rotation: Augmentation, TurningAugmentation {
  public static let name = "rotation"
  public static let summary = "turns images by up to so many degrees either way"
  static let limit = 180.0

  public var degrees: Double
  public var mode: FillMode

  public init(degrees: Double = 10, fill mode: FillMode = .nearest) {
    self.degrees = degrees
    self.mode = mode
  }

  func map(degrees: Tensor) -> AffineMap { .rotation(degrees: degrees) }
}
