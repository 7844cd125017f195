/// What an axis shows and how.
public struct ChartAxis: Sendable, Equatable {
  public var label: String
  public var scale: AxisScale
  /// The ends of the axis; nil takes them from the data. An end that is infinite, or that the scale
  /// doesn't have, is taken from the data as well, so `0...(.infinity)` fixes the lower end only.
  public var range: ClosedRange<Double>?
  public var format: TickFormat

  public init(
    _ label: String = "", scale: AxisScale = .linear, range: ClosedRange<Double>? = nil, format: TickFormat = .automatic
  ) {
    self.label = label
    self.scale = scale
    self.range = range
    self.format = format
  }
}
