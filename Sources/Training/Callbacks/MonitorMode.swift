/// Which values of a watched metric are better.
public enum MonitorMode: String, Sendable, Hashable, CaseIterable {
  /// Greater ones for names that hold `accuracy`, smaller ones for all others.
  case automatic
  /// Smaller ones.
  case min
  /// Greater ones.
  case max
}
