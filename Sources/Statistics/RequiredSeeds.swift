import Foundation

/// About how many seeds it takes to tell two arms apart, if they truly differ as they appear to.
///
/// The apparent effect is itself uncertain, from few seeds very much so: take the number for its order of magnitude.
public struct RequiredSeeds: Sendable, Equatable, Encodable {
  /// Seeds in each arm; nil if it would be more than ``largest``.
  public let total: Int?
  /// The fewest seeds with which an exact test can reach alpha at all.
  public let fewest: Int
  /// Seeds with which the test finds the effect with the power asked for; nil beyond ``largest``.
  public let byEffect: Int?

  /// Seeds beyond which none are counted: the arms are alike then.
  public static let largest = 1_000_000

  /// By the usual approximation n ≥ k ((t(1 − alpha/2) + t(power)) / d)², where k is 1 for pairs and 2 for separate
  /// groups and t has the degrees of freedom that n gives; and never fewer than an exact test needs.
  ///
  /// - Parameters:
  ///   - effectSize: the difference over the standard deviation, of the differences for pairs; infinite if they are
  ///     all alike.
  ///   - alpha: the level to be reached; divide it by the number of comparisons to allow for adjustment.
  ///   - power: the probability with which the effect shall be found.
  /// - Throws: `StatisticsError.outOfRange` for `alpha` or `power` outside 0 to 1, or an effect that is NaN.
  public init(
    effectSize: Double, design: ComparisonDesign = .paired, alpha: Double = 0.05, power: Double = 0.8
  ) throws(StatisticsError) {
    try Checks.openUnit(alpha, "alpha")
    try Checks.openUnit(power, "power")
    if effectSize.isNaN { throw .outOfRange(option: "effectSize", value: effectSize, allowed: "a number") }
    self.init(unchecked: effectSize, design, alpha: alpha, power: power)
  }

  init(unchecked effectSize: Double, _ design: ComparisonDesign, alpha: Double, power: Double) {
    fewest = design.seeds(reaching: alpha)
    byEffect = Self.smallest { seeds in
      Self.suffices(seeds, effectSize.magnitude, design, alpha: alpha, power: power)
    }
    total = byEffect.map { [fewest] in Swift.max($0, fewest) }
  }

  /// How many seeds more than `seeds` it takes, at least one; nil if it would be more than ``largest`` in all.
  public func additional(to seeds: Int) -> Int? { total.map { Swift.max($0 - seeds, 1) } }

  private static func suffices(
    _ seeds: Int, _ effect: Double, _ design: ComparisonDesign, alpha: Double, power: Double
  ) -> Bool {
    let groups: Double = design == .paired ? 1 : 2
    let distribution = StudentT(unchecked: groups * Double(seeds - 1))
    let sum = distribution.value(upperTail: alpha / 2) + distribution.value(upperTail: 1 - power)
    return Double(seeds).squareRoot() * effect >= groups.squareRoot() * sum
  }

  /// The smallest number from 2 to ``largest`` for which `condition` holds; it holds for all larger ones.
  private static func smallest(_ condition: (Int) -> Bool) -> Int? {
    var (low, high) = (1, 2)
    while !condition(high) {
      if high == largest { return nil }
      (low, high) = (high, Swift.min(2 * high, largest))
    }
    while high - low > 1 {
      let middle = (low + high) / 2
      if condition(middle) { high = middle } else { low = middle }
    }
    return high
  }
}

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
