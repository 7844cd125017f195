import Configuration

/// An affine augmentation by an angle, uniform in -``degrees``...``degrees``.
protocol AngleAugmentation: AffineAugmentation {
  /// The greatest angle allowed.
  static var limit: Double { get }

  var degrees: any Schedule { get set }
  var mode: FillMode { get set }

  /// The maps for angles `[batch]` in degrees.
  func map(degrees: Tensor) -> AffineMap
}

extension AngleAugmentation {
  static var settings: [Setting<Self>] {
    [Setting("degrees", \.degrees, .number(in: 0...limit), "the greatest angle in either direction")]
      + FillMode.settings.of(\.mode)
  }

  public var fill: FillMode? { mode }

  public func map(_ count: Int, _ size: ImageShape, key: Key) -> AffineMap {
    map(degrees: key.uniform([count], within: degrees.initial))
  }

  public func scheduled(at progress: Progress) -> any Augmentation { fixed(\.degrees, at: progress) }

  public func check(_ images: ImageShape) throws(AugmentationError) {
    try AugmentationError.check(degrees, "\(Self.name).degrees", "from 0 to \(Int(Self.limit))") {
      (0...Self.limit).contains($0)
    }
  }
}

/// Rotates images around their centre by a uniform random angle, as Keras' `rotation_range`.
public struct Rotation: Augmentation, AngleAugmentation {
  public static let declaration = Declaration(
    "rotation", "rotates images by a random angle", standard: Rotation(), settings: settings)
  static let limit = 180.0

  public var degrees: any Schedule
  public var mode: FillMode

  public init(degrees: any Schedule = 10.0, fill mode: FillMode = .nearest) {
    self.degrees = degrees
    self.mode = mode
  }

  func map(degrees: Tensor) -> AffineMap { .rotation(degrees: degrees) }
}

/// Shears images by a uniform random angle, as Keras' `shear_range`.
public struct Shear: Augmentation, AngleAugmentation {
  public static let declaration = Declaration(
    "shear", "shears images by a random angle", standard: Shear(), settings: settings)
  static let limit = 89.0

  public var degrees: any Schedule
  public var mode: FillMode

  public init(degrees: any Schedule = 10.0, fill mode: FillMode = .nearest) {
    self.degrees = degrees
    self.mode = mode
  }

  func map(degrees: Tensor) -> AffineMap { .shear(degrees: degrees) }
}

/// Shifts images by uniform random distances, fractions of pixels included.
///
/// Keras' `width_shift_range` is `width` here and shifts images left and right; in Keras releases after 2019 it shifts
/// them up and down, which matters where the two ranges or extents differ.
public struct Shift: Augmentation, AffineAugmentation {
  public static let declaration = Declaration(
    "shift", "shifts images by random fractions of their width and height", standard: Shift(),
    settings: [
      Setting(
        "width", \.width, .shift, "the greatest shift left or right: below 1 a fraction of the width, from 1 on pixels"),
      Setting(
        "height", \.height, .shift, "the same up or down; from a list one element is chosen, in either direction"),
    ] + FillMode.settings.of(\.mode))

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

  public func map(_ count: Int, _ size: ImageShape, key: Key) -> AffineMap {
    .shift(
      down: height.draw(count, extent: size.height, key: key.derived("height")),
      right: width.draw(count, extent: size.width, key: key.derived("width")))
  }

  public func scheduled(at progress: Progress) -> any Augmentation {
    Shift(width: width.fixed(at: progress), height: height.fixed(at: progress), fill: mode)
  }

  public func check(_ images: ImageShape) throws(AugmentationError) {
    for (range, field) in [(width, "width"), (height, "height")] {
      for value in range.extremes {
        try AugmentationError.check(value, "\(Self.name).\(field)", "from 0 to 10000") { (0...10_000).contains($0) }
      }
      guard case .choices(let choices) = range else { continue }
      try AugmentationError.check(Double(choices.count), "\(Self.name).\(field)", "at least one choice") { $0 > 0 }
    }
  }
}

/// How far images may be shifted along an axis, in the notation of Keras' `width_shift_range` and
/// `height_shift_range`.
public enum ShiftRange: Sendable {
  /// Uniform from minus to plus this: below 1 a fraction of the image's extent, from 1 on pixels.
  case uniform(any Schedule)
  /// One of these, in either direction: fractions of the extent if all are below 1, otherwise pixels.
  case choices([Double])

  /// A whole number n from 1 on is one of 0, 1, …, n - 1, as Keras draws it.
  public init(_ number: Double) {
    guard number >= 1, let count = Int(exactly: number) else {
      self = .uniform(number)
      return
    }
    self = .choices((0..<count).map(Double.init))
  }

  /// The numbers, or values between which the limit stays.
  var extremes: [Double] {
    switch self {
    case .uniform(let limit): limit.extremes
    case .choices(let choices): choices
    }
  }

  /// Whether nothing is shifted.
  var isNone: Bool { if case .uniform(let limit) = self { limit.constant == 0 } else { false } }

  /// The range at one point of training.
  func fixed(at progress: Progress) -> ShiftRange {
    if case .uniform(let limit) = self { .uniform(limit.fixed(at: progress)) } else { self }
  }

  /// Shifts in pixels, `[count]`.
  func draw(_ count: Int, extent: Int, key: Key) -> Tensor {
    switch self {
    case .uniform(let limit):
      let pixels = limit.initial.map(
        { $0 < 1 ? $0 * Double(extent) : $0 }, { Tensor.select($0 .< 1, $0 * Double(extent), $0) })
      return key.uniform([count], within: pixels)
    case .choices(let choices):
      let scale = (choices.map(\.magnitude).max() ?? 0) < 1 ? Double(extent) : 1
      let values = Tensor(choices.map { Float($0 * scale) })
      let chosen = values.take(key.derived("choice").offsets(count, upTo: choices.count - 1))
      return Tensor.select(key.derived("side").bernoulli([count], probability: 0.5), chosen, -chosen)
    }
  }
}

extension SettingFormat where Value == ShiftRange {
  /// A number, a schedule or a list of numbers, none of them negative.
  static var shift: SettingFormat {
    let allowed = "a number, a schedule or a list of numbers in 0...10000"
    return SettingFormat(
      allowed,
      read: { (options, key, fallback) throws(ConfigurationError) in
        let origin = options.origin(of: key)
        guard let value = try options.peek(key) else {
          _ = options.take(key)
          return fallback
        }
        switch value {
        case .choice, .text:
          let limit = try options.value(key, SettingFormat<any Schedule>.number(in: 0...10_000), default: 0.0)
          // A number by another name.
          return limit.constant.map(ShiftRange.init) ?? .uniform(limit)
        default: break
        }
        let numbers = try options.numbers(key, default: [])
        let isList = if case .list = value { true } else { false }
        guard !numbers.isEmpty, numbers.allSatisfy({ (0...10_000).contains($0) }) else {
          throw .outOfRange(key: key, value: value.description, range: allowed, origin: origin)
        }
        return isList ? .choices(numbers) : ShiftRange(numbers[0])
      },
      write: { (range) throws(ConfigurationError) in
        switch range {
        case .choices(let choices): return .list(choices.map(OptionValue.number))
        case .uniform(let limit):
          // A whole number stands for the choices of Keras.
          if let limit = limit.constant, case .choices = ShiftRange(limit) {
            throw .invalid(message: "a uniform shift of whole pixels, \(limit), has no notation", origin: "")
          }
          return try limit.notation()
        }
      })
  }
}

/// Enlarges and shrinks images by uniform random factors, one per axis, as Keras' `zoom_range`. Factors above 1 shrink
/// the content.
public struct Zoom: Augmentation, AffineAugmentation {
  public static let declaration = Declaration(
    "zoom", "enlarges or shrinks images by random factors, one per axis", standard: Zoom(),
    settings: [Setting("range", \.range, .zoom, "range of both factors")] + FillMode.settings.of(\.mode))

  public var range: any RangeSchedule
  public var mode: FillMode
  public var fill: FillMode? { mode }

  public init(_ range: any RangeSchedule = 0.75...1.25, fill mode: FillMode = .nearest) {
    self.range = range
    self.mode = mode
  }

  public func scheduled(at progress: Progress) -> any Augmentation { fixed(ranges: \.range, at: progress) }

  public func map(_ count: Int, _ size: ImageShape, key: Key) -> AffineMap {
    .zoom(
      vertical: key.derived("vertical").uniform([count], in: range),
      horizontal: key.derived("horizontal").uniform([count], in: range))
  }

  public func check(_ images: ImageShape) throws(AugmentationError) {
    try AugmentationError.check(range, "\(Self.name).range", "above 0 at both ends") { $0 > 0 }
  }
}

/// An affine augmentation that maps pixels to pixels.
protocol FlipAugmentation: AffineAugmentation {
  var probability: any Schedule { get set }
  /// The axis of `[batch, height, width, channels]` that is reversed.
  var axis: Int { get }
}

extension FlipAugmentation {
  public var fill: FillMode? { nil }

  /// Which images are flipped, `bool [batch]`.
  func condition(_ count: Int, key: Key) -> Tensor { key.bernoulli([count], probability: probability.initial) }

  public func scheduled(at progress: Progress) -> any Augmentation { fixed(\.probability, at: progress) }

  public func check(_ images: ImageShape) throws(AugmentationError) {
    try AugmentationError.check(probability: probability, "\(Self.name).probability")
  }

  func map(_ condition: Tensor) -> AffineMap {
    let sign = Tensor.ones(condition.shape).replaced(where: condition, by: -1)
    let one = sign.onesLike()
    return .zoom(vertical: axis == 1 ? sign : one, horizontal: axis == 2 ? sign : one)
  }

  public func map(_ count: Int, _ size: ImageShape, key: Key) -> AffineMap { map(condition(count, key: key)) }
}

/// Flips images left to right, each with a probability.
public struct HorizontalFlip: Augmentation, FlipAugmentation {
  public static let declaration = Declaration(
    "horizontalFlip", "flips images left to right with a probability", standard: HorizontalFlip(),
    settings: [Setting("probability", \.probability, .probability, "probability of a flip")])

  public var probability: any Schedule
  var axis: Int { 2 }

  public init(probability: any Schedule = 0.5) { self.probability = probability }
}

/// Flips images top to bottom, each with a probability.
public struct VerticalFlip: Augmentation, FlipAugmentation {
  public static let declaration = Declaration(
    "verticalFlip", "flips images top to bottom with a probability", standard: VerticalFlip(),
    settings: [Setting("probability", \.probability, .probability, "probability of a flip")])

  public var probability: any Schedule
  var axis: Int { 1 }

  public init(probability: any Schedule = 0.5) { self.probability = probability }
}
