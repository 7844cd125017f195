/// A range of values, ends included: where a quantity plausibly lies.
public struct Interval: Sendable, Hashable, Codable {
  public let lower: Double
  public let upper: Double

  /// The interval between two numbers, in either order.
  public init(_ first: Double, _ second: Double) {
    lower = Swift.min(first, second)
    upper = Swift.max(first, second)
  }

  public var width: Double { upper - lower }
  public var midpoint: Double { lower + (upper - lower) / 2 }

  /// Whether a value lies between the ends, or is one of them.
  public func contains(_ value: Double) -> Bool { lower <= value && value <= upper }
}
