/// Points that aren't joined, each with error bars where wanted.
public struct PointSeries: Sendable, Equatable {
  /// What the legend calls it. Series of one name share a colour and a legend entry.
  public var name: String
  public var points: [DataPoint]
  /// Horizontal error bars, one per point from the first; nil or missing draws none.
  public var xErrors: [ErrorInterval?]
  /// Vertical error bars, one per point from the first; nil or missing draws none.
  public var yErrors: [ErrorInterval?]
  /// The place in the palette; nil takes the next one free.
  public var color: Int?

  public init(
    _ name: String, points: [DataPoint], xErrors: [ErrorInterval?] = [], yErrors: [ErrorInterval?] = [],
    color: Int? = nil
  ) {
    self.name = name
    self.points = points
    self.xErrors = xErrors
    self.yErrors = yErrors
    self.color = color
  }
}
