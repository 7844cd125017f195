/// Which values of a metric are the good ones.
public enum BetterDirection: String, Sendable, Hashable, Codable, CaseIterable {
  /// As for accuracies.
  case higher
  /// As for losses, errors and times.
  case lower

  /// 1 where higher is better, −1 where lower is.
  package var sign: Double { self == .higher ? 1 : -1 }
}
