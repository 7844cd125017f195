/// A line across the whole chart at one value, such as a published result to compare with.
public struct ReferenceLine: Sendable, Equatable {
  /// Which way the line runs.
  public enum Orientation: Sendable, Equatable {
    case horizontal, vertical
  }

  public var orientation: Orientation
  public var value: Double
  public var label: String
  /// The series whose colour it takes; nil draws it in the colour of the text.
  public var series: String?

  public init(_ orientation: Orientation, at value: Double, label: String = "", series: String? = nil) {
    self.orientation = orientation
    self.value = value
    self.label = label
    self.series = series
  }
}
