/// Points joined in the order given. A point that is NaN or infinite, or that the axis doesn't have, breaks the line.
public struct LineSeries: Sendable, Equatable {
  /// What the legend calls it. Series of one name share a colour and a legend entry.
  public var name: String
  public var points: [DataPoint]
  /// One interval per point, drawn as a band; shorter than `points` leaves the rest without one.
  public var band: [ErrorInterval]
  public var dash: LineDash
  /// The place in the palette; nil takes the next one free.
  public var color: Int?
  /// Whether each point is marked; nil marks short series.
  public var markers: Bool?

  public init(
    _ name: String, points: [DataPoint], band: [ErrorInterval] = [], dash: LineDash = .solid, color: Int? = nil,
    markers: Bool? = nil
  ) {
    self.name = name
    self.points = points
    self.band = band
    self.dash = dash
    self.color = color
    self.markers = markers
  }

  /// A line through `(first, y[0])`, `(first + 1, y[1])`…: one value per epoch.
  public init(
    _ name: String, y: [Double], from first: Double = 0, band: [ErrorInterval] = [], dash: LineDash = .solid,
    color: Int? = nil
  ) {
    let points = y.enumerated().map { DataPoint(x: first + Double($0.offset), y: $0.element) }
    self.init(name, points: points, band: band, dash: dash, color: color)
  }

  /// A line through `(x[i], y[i])`, as long as the shorter of the two.
  public init(
    _ name: String, x: [Double], y: [Double], band: [ErrorInterval] = [], dash: LineDash = .solid, color: Int? = nil
  ) {
    self.init(name, points: zip(x, y).map { DataPoint(x: $0, y: $1) }, band: band, dash: dash, color: color)
  }
}
