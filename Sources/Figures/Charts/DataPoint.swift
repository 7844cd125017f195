/// A pair of values. A NaN or an infinity in either is a gap.
public struct DataPoint: Sendable, Equatable {
  public var x: Double
  public var y: Double

  public init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }
}
