/// Where the names of the series stand.
public enum LegendStyle: Sendable, Equatable {
  /// At the ends of the lines where they fit side by side, else in rows above the plot.
  case automatic
  /// In rows above the plot.
  case above
  /// Nowhere.
  case hidden
}
