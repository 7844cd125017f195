/// An invalid setting of an augmentation.
public enum AugmentationError: Error, Sendable, Equatable, CustomStringConvertible {
  case notImages(shape: [Int])
  /// - Parameter field: augmentation and setting, `cutout.size`.
  case outOfRange(field: String, value: Double, requirement: String)
  case wrongChannels(augmentation: String, channels: Int, expected: Int)

  public var description: String {
    switch self {
    case .notImages(let shape):
      "augmentations are for images, [N, height, width] or [N, height, width, channels], but the inputs are \(shape)"
    case .outOfRange(let field, let value, let requirement):
      "'\(field)' is \(value.formatted), but must be \(requirement)"
    case .wrongChannels(let augmentation, let channels, let expected):
      "'\(augmentation)' is for images of \(expected) channels, but these have \(channels)"
    }
  }

  static func check(
    _ value: Double, _ field: String, _ requirement: String, _ isAllowed: (Double) -> Bool
  ) throws(AugmentationError) {
    guard isAllowed(value) else { throw .outOfRange(field: field, value: value, requirement: requirement) }
  }

  static func check(probability: Double, _ field: String) throws(AugmentationError) {
    try check(probability, field, "from 0 to 1") { (0...1).contains($0) }
  }
}

extension Double {
  fileprivate var formatted: String { Int(exactly: self).map(String.init) ?? "\(self)" }
}
