/// Which arms of a study are compared with which.
public enum ComparisonFamily: Sendable, Hashable, Codable {
  /// Every other arm with the one so named.
  case against(baseline: String)
  /// Every arm with every earlier one: more comparisons, so it takes more seeds to tell any of them.
  case allPairs
  /// Each arm with one of its own choosing, by name; arms that choose none are only compared with.
  case chosen(baselines: [String: String])
}
