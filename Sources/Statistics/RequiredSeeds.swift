import Foundation

/// The approximate number of seeds needed to distinguish two arms if the observed effect is real.
///
/// The observed effect is itself uncertain, especially with few seeds: the number indicates an order of magnitude.
public struct RequiredSeeds: Sendable, Equatable, Encodable {
  /// The number of seeds in each arm; `nil` beyond ``largest``.
  public let total: Int?
  /// The fewest seeds with which an exact test can reach alpha.
  public let fewest: Int
  /// The number of seeds that detects the effect with the requested power; `nil` beyond ``largest``.
  public let byEffect: Int?

  /// Beyond this number of seeds, arms count as alike.
  public static let largest = 1_000_000

  /// By the usual approximation n ≥ k ((t(1 − alpha/2) + t(power)) / d)², where k is 1 for pairs and 2 for separate
  /// groups and t has the degrees of freedom that n gives; and never fewer than an exact test needs.
  ///
  /// - Parameters:
  ///   - effectSize: the difference divided by the standard deviation, for pairs that of the differences; infinite if
  ///     all are equal.
  ///   - alpha: the significance level. Divide it by the number of comparisons to allow for adjustment.
  ///   - power: the probability of detecting the effect.
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

  /// The number of seeds to add to `seeds`, at least one; `nil` if the total would exceed ``largest``.
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

/// How the runs of two arms are compared.
public enum ComparisonDesign: String, Sendable, Hashable, Codable {
  /// Seed by seed, so that the effect of a seed on both arms cancels.
  case paired
  /// As two independent groups, for arms without common seeds.
  case unpaired

  /// The smallest p value of an exact two-sided test with a number of seeds in each arm, if all differences have the
  /// same sign: 0.25 with 3 paired seeds, 0.0625 with 5, and 0.03125 with 6.
  public func minimumP(seeds: Int) -> Double {
    guard seeds > 0 else { return 1 }
    switch self {
    case .paired: return Swift.min(1, pow(2, 1 - Double(seeds)))
    case .unpaired:
      // Two divided by the number of ways to choose the runs of the candidate among all.
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
    // Terminates by 1,075: 2⁻¹⁰⁷⁵ is zero.
    while minimumP(seeds: seeds) > alpha { seeds += 1 }
    return seeds
  }
}
