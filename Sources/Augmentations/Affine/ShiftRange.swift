import Configuration

/// How far images may be shifted along an axis, as Keras' `width_shift_range` and `height_shift_range` say it.
public enum ShiftRange: Sendable, Hashable {
  /// Evenly from minus to plus this: below 1 a part of the image's extent, from 1 on pixels.
  case uniform(Double)
  /// One of these, to either side: parts of the extent if all are below 1, else pixels.
  case choices([Double])

  /// A whole number n from 1 on is one of 0, 1, …, n - 1, as Keras draws it.
  public init(_ number: Double) {
    guard number >= 1, let count = Int(exactly: number) else {
      self = .uniform(number)
      return
    }
    self = .choices((0..<count).map(Double.init))
  }

  var greatest: Double {
    switch self {
    case .uniform(let limit): limit
    case .choices(let choices): choices.map(\.magnitude).max() ?? 0
    }
  }

  var least: Double {
    switch self {
    case .uniform(let limit): limit
    case .choices(let choices): choices.min() ?? 0
    }
  }

  /// Shifts in pixels, `[count]`.
  func draw(_ count: Int, extent: Int, key: Key) -> Tensor {
    switch self {
    case .uniform(let limit):
      let pixels = limit < 1 ? limit * Double(extent) : limit
      return key.uniform([count], in: -pixels...pixels)
    case .choices(let choices):
      let scale = greatest < 1 ? Double(extent) : 1
      let values = Tensor(choices.map { Float($0 * scale) })
      let chosen = values.take(key.derived("choice").offsets(count, upTo: choices.count - 1))
      return Tensor.select(key.derived("side").bernoulli([count], probability: 0.5), chosen, -chosen)
    }
  }
}

extension Options {
  /// A number or a list of numbers, none of them negative.
  mutating func shift(_ key: String, default fallback: Double) throws(ConfigurationError) -> ShiftRange {
    let origin = origin(of: key)
    let value = try peek(key)
    let numbers = try numbers(key, default: [])
    guard let value else { return ShiftRange(fallback) }
    let isList = if case .list = value { true } else { false }
    guard !numbers.isEmpty, numbers.allSatisfy({ (0...10_000).contains($0) }) else {
      throw .outOfRange(
        key: key, value: value.description, range: "a number or a list of numbers in 0...10000", origin: origin)
    }
    return isList ? .choices(numbers) : ShiftRange(numbers[0])
  }
}
