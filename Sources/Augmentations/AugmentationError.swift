import Schedules

/// An invalid setting of an augmentation.
public enum AugmentationError: Error, Sendable, Equatable, CustomStringConvertible {
  case notImages(shape: [Int])
  /// - Parameter field: augmentation and setting, `cutout.size`.
  case outOfRange(field: String, value: Double, requirement: String)
  /// - Parameter expected: the numbers of channels that it knows.
  case wrongChannels(augmentation: String, channels: Int, expected: [Int])

  public var description: String {
    switch self {
    case .notImages(let shape):
      "augmentations are for images, [N, height, width] or [N, height, width, channels], but the inputs are \(shape)"
    case .outOfRange(let field, let value, let requirement):
      "'\(field)' is \(value.formatted), but must be \(requirement)"
    case .wrongChannels(let augmentation, let channels, let expected):
      "'\(augmentation)' is for images of \(expected.map(String.init).joined(separator: " or ")) channels, but these "
        + "have \(channels)"
    }
  }

  static func check(
    _ value: Double, _ field: String, _ requirement: String, _ isAllowed: (Double) -> Bool
  ) throws(AugmentationError) {
    guard isAllowed(value) else { throw .outOfRange(field: field, value: value, requirement: requirement) }
  }

  /// Gray is defined for images of one channel and of three.
  static func checkColors(_ images: ImageShape, of augmentation: String) throws(AugmentationError) {
    guard [1, 3].contains(images.channels) else {
      throw .wrongChannels(augmentation: augmentation, channels: images.channels, expected: [1, 3])
    }
  }

  /// Checks a number, or the values of a schedule as far as they are known.
  static func check(
    _ schedule: any Schedule, _ field: String, _ requirement: String, _ isAllowed: (Double) -> Bool
  ) throws(AugmentationError) {
    for value in schedule.extremes { try check(value, field, requirement, isAllowed) }
  }

  /// Checks both ends of a range.
  static func check(
    _ range: any RangeSchedule, _ field: String, _ requirement: String, _ isAllowed: (Double) -> Bool
  ) throws(AugmentationError) {
    try check(range.low, field, requirement, isAllowed)
    try check(range.high, field, requirement, isAllowed)
  }

  static func check(probability: any Schedule, _ field: String) throws(AugmentationError) {
    try check(probability, field, "from 0 to 1") { (0...1).contains($0) }
  }
}

extension Double {
  fileprivate var formatted: String { Int(exactly: self).map(String.init) ?? "\(self)" }
}
