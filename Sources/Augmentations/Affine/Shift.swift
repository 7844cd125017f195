import Configuration

/// Moves images, between pixels too, by distances drawn evenly.
///
/// Keras' `width_shift_range` is `width` here and moves images to the left and right; in the Keras releases after
/// 2019 that name moves them up and down, which shows where the two ranges or extents differ.
public struct Shift: Augmentation, AffineAugmentation {
  public static let name = "shift"
  public static let summary = "moves images by up to a part of their width and height"
  public static let parameters =
    [
      Parameter("width", default: 0.125, "the greatest way left or right: a part of the width, pixels from 1 on"),
      Parameter("height", default: 0.125, "the same up or down; of a list one is chosen, to either side"),
    ] + FillMode.parameters

  public var width: ShiftRange
  public var height: ShiftRange
  public var mode: FillMode
  public var fill: FillMode? { mode }

  public init(
    width: ShiftRange = .uniform(0.125), height: ShiftRange = .uniform(0.125), fill mode: FillMode = .nearest
  ) {
    self.width = width
    self.height = height
    self.mode = mode
  }

  public init(from options: inout Options) throws(ConfigurationError) {
    width = try options.shift("width", default: 0.125)
    height = try options.shift("height", default: 0.125)
    mode = try FillMode(from: &options)
  }

  public func map(_ count: Int, _ size: ImageShape, key: Key) -> AffineMap {
    .shift(
      down: height.draw(count, extent: size.height, key: key.derived("height")),
      right: width.draw(count, extent: size.width, key: key.derived("width")))
  }

  public func check(_ images: ImageShape) throws(AugmentationError) {
    for (range, field) in [(width, "width"), (height, "height")] {
      let shown = range.least < 0 || range.least.isNaN ? range.least : range.greatest
      try AugmentationError.check(shown, "\(Self.name).\(field)", "from 0 to 10000") { (0...10_000).contains($0) }
      guard case .choices(let choices) = range else { continue }
      try AugmentationError.check(Double(choices.count), "\(Self.name).\(field)", "at least one choice") { $0 > 0 }
    }
  }
}
