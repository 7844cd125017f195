/// What a comparison comes to.
public enum Finding: String, Sendable, Hashable, Codable, CaseIterable {
  /// The candidate is better than the baseline, beyond what seeds explain.
  case better
  /// The candidate is worse than the baseline, beyond what seeds explain.
  case worse
  /// The difference is smaller than the margin that matters.
  case equivalent
  /// The seeds vary too much to tell. That is not to say that the arms are alike.
  case notDistinguishable
  /// Every seed gave both arms the same value of what is compared; other numbers of theirs may differ.
  case identical
  /// The seeds agree as far as they can, but so few could agree by chance; or there is a single one.
  case tooFewSeeds
  /// Runs of either arm diverged, so that a comparison of the rest would be of the lucky ones.
  case diverged

  /// For a table cell.
  public var label: String {
    switch self {
    case .notDistinguishable: "not distinguishable"
    case .tooFewSeeds: "too few seeds"
    default: rawValue
    }
  }
}
