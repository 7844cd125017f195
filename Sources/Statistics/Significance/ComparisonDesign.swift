import Foundation

/// How the runs of two arms belong together.
public enum ComparisonDesign: String, Sendable, Hashable, Codable {
  /// Seed by seed: what a seed does to both arms cancels.
  case paired
  /// As two independent groups, for arms that don't share seeds.
  case unpaired

  /// The smallest p that an exact two-sided test can give with so many seeds in each arm, were all differences to point
  /// one way: with 3 paired seeds 0.25, with 5 0.0625, with 6 0.03125.
  public func minimumP(seeds: Int) -> Double {
    guard seeds > 0 else { return 1 }
    switch self {
    case .paired: return Swift.min(1, pow(2, 1 - Double(seeds)))
    case .unpaired:
      // Two over the number of ways to choose the candidate's runs among all.
      var choices = 1.0
      var chosen = 0.0
      while chosen < Double(seeds), choices.isFinite {
        chosen += 1
        choices *= (Double(seeds) + chosen) / chosen
      }
      return Swift.min(1, 2 / choices)
    }
  }

  /// The fewest seeds in each arm with which ``minimumP(seeds:)`` is at most `alpha`, which is positive.
  func seeds(reaching alpha: Double) -> Int {
    var seeds = 1
    // Ends by 1,075 at the latest: 2⁻¹⁰⁷⁵ is zero.
    while minimumP(seeds: seeds) > alpha { seeds += 1 }
    return seeds
  }
}
