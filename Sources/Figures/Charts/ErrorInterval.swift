/// The bounds of an interval about a value, such as a confidence interval.
public struct ErrorInterval: Sendable, Equatable {
  public var lower: Double
  public var upper: Double

  /// The bounds, in either order.
  public init(_ lower: Double, _ upper: Double) {
    self.lower = lower > upper ? upper : lower
    self.upper = lower > upper ? lower : upper
  }
}
