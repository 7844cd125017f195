import Foundation

/// A comparison that is looked at after every seed and stops once it is decided, without more false positives than one
/// look at the end would give.
///
/// The paired differences are tested by the group-sequential sign-flip test of ``SignFlipLooks``, whose null
/// hypothesis is that of ``SignificanceTest/signFlip(_:resamples:seed:)``: independent differences that are symmetric
/// about zero. The part of alpha that may be spent by the k-th of at most N seeds is alpha · k / N (Lan and DeMets,
/// "Discrete sequential boundaries for clinical trials", 1983, https://doi.org/10.1093/biomet/70.3.659; the power
/// family of Kim and DeMets, 1987, with exponent 1).
///
/// ```swift
/// let design = try SequentialDesign(maximum: 40, first: 8)
/// let differences = [0.4, 0.1, 0.3, 0.2, -0.1, 0.5, 0.2, 0.3, 0.1, 0.4]
/// let test = try SignificanceTest.sequentialSignFlip(differences, design: design)
/// let interval = try design.interval(of: differences)
/// ```
public struct SequentialDesign: Sendable, Hashable, Codable {
  /// The most seeds, fixed before the first one is trained.
  public let maximum: Int
  /// The number of seeds at the first look.
  public let first: Int

  /// The most seeds that a design may have.
  public static let largest = 1_000

  /// - Throws: `StatisticsError.outOfRange` for a maximum outside 2 to ``largest``, or a first look outside 1 to the
  ///   maximum.
  public init(maximum: Int, first: Int = 1) throws(StatisticsError) {
    guard (2...Self.largest).contains(maximum) else {
      throw .outOfRange(option: "maximum", value: Double(maximum), allowed: "from 2 to \(Self.largest)")
    }
    guard (1...maximum).contains(first) else {
      throw .outOfRange(option: "first", value: Double(first), allowed: "from 1 to the maximum, \(maximum)")
    }
    self.maximum = maximum
    self.first = first
  }

  /// The design whose first look is the first one that can decide anything, or the one asked for if that is later.
  ///
  /// - Parameter comparisons: the number of comparisons that share `alpha` by Holm's method.
  /// - Throws: as ``init(maximum:first:)`` does, and `StatisticsError.outOfRange` for an `alpha` outside 0 to 1, or a
  ///   maximum with which no comparison could ever be decided.
  public init(
    maximum: Int, first: Int?, alpha: Double, comparisons: Int
  ) throws(StatisticsError) {
    try Checks.openUnit(alpha, "alpha")
    let design = try SequentialDesign(maximum: maximum, first: first ?? 1)
    let level = alpha / Double(Swift.max(comparisons, 1))
    guard let fewest = design.fewest(reaching: level) else {
      let least = (maximum...Self.largest).first {
        (try? SequentialDesign(maximum: $0))?.fewest(reaching: level) != nil
      }
      let what = comparisons == 1 ? "a comparison" : "one of \(comparisons) comparisons"
      throw .outOfRange(
        option: "maximum", value: Double(maximum),
        allowed: "\(least.map { "\($0)" } ?? "more") or more to decide \(what) at \(alpha)")
    }
    self = try SequentialDesign(maximum: maximum, first: Swift.max(first ?? 1, fewest))
  }

  /// The number of looks taken by a number of seeds.
  public func looks(seeds: Int) -> Int { Swift.max(0, Swift.min(seeds, maximum) - first + 1) }

  /// The smallest p value that a number of seeds can give, if all differences have the same sign.
  public func minimumP(seeds: Int) -> Double {
    guard seeds >= first else { return 1 }
    let paths = pow(2, Double(Swift.min(seeds, SignFlipLooks.Code.standard.bits)))
    return Swift.min(1, 2 / paths * Double(maximum) / Double(Swift.min(seeds, maximum)))
  }

  /// The fewest seeds with which ``minimumP(seeds:)`` is at most `alpha`; `nil` if the maximum does not suffice.
  private func fewest(reaching alpha: Double) -> Int? { (1...maximum).first { minimumP(seeds: $0) <= alpha } }
}

extension SequentialDesign {
  /// The interval of the point about which the differences are symmetric that covers it at all looks together with
  /// probability 1 − alpha (a repeated confidence interval: Jennison and Turnbull, "Interim analyses: the repeated
  /// confidence interval approach", 1989): the values that the sequential test has not rejected so far.
  ///
  /// - Parameter differences: in the order of the looks, as many as there are seeds so far.
  /// - Returns: `nil` while there are too few seeds to exclude anything.
  /// - Throws: `StatisticsError.notFinite`, `.empty`, or `.outOfRange` for `alpha` or more differences than the maximum.
  public func interval(of differences: [Double], alpha: Double = 0.05) throws(StatisticsError) -> Interval? {
    try Checks.openUnit(alpha, "alpha")
    try check(differences)
    guard let lower = lowerEnd(differences, alpha: alpha / 2),
      let upper = lowerEnd(differences.map { -$0 }, alpha: alpha / 2)
    else { return nil }
    return Interval(lower, -upper)
  }

  /// The largest value that the differences are significantly above.
  private func lowerEnd(_ differences: [Double], alpha: Double) -> Double? {
    let (smallest, largest) = (differences.min() ?? 0, differences.max() ?? 0)
    let step = largest - smallest
    func isExcluded(_ value: Double) -> Bool { p(that: differences.map { $0 - value }) <= alpha }
    // With all differences on one side, more distance changes nothing.
    guard step > 0 else { return p(that: differences.map { _ in 1 }) <= alpha ? smallest : nil }
    var (low, high) = (smallest - step / 1_048_576, largest + step / 1_048_576)
    guard isExcluded(low) else { return nil }
    for _ in 0..<22 {
      let middle = low + (high - low) / 2
      if isExcluded(middle) { low = middle } else { high = middle }
    }
    return low
  }

  /// The p value of two one-sided sequential tests that the differences are symmetric about a point beyond ±`margin`:
  /// small if that point is within the margin.
  ///
  /// - Throws: as ``interval(of:alpha:)`` does, and `StatisticsError.outOfRange` for a margin that is not positive.
  public func equivalenceP(of differences: [Double], margin: Double) throws(StatisticsError) -> Double {
    guard margin > 0, Outcomes.isFinite(margin) else {
      throw .outOfRange(option: "margin", value: margin, allowed: "a positive number")
    }
    try check(differences)
    return Swift.max(p(that: differences.map { $0 + margin }), p(that: differences.map { margin - $0 }))
  }

  func check(_ differences: [Double]) throws(StatisticsError) {
    try Checks.finite(differences, "differences")
    guard differences.count <= maximum else {
      throw .outOfRange(
        option: "the number of differences", value: Double(differences.count),
        allowed: "at most the design's maximum, \(maximum)")
    }
  }

  /// The one-sided p value, over all looks so far, that differences tend to be positive.
  func p(that differences: [Double]) -> Double {
    var looks = SignFlipLooks(self)
    for difference in differences { looks.append(difference) }
    return looks.p
  }
}

extension SignificanceTest {
  /// The sign-flip test for differences that are looked at after every seed: its p value may be compared with alpha at
  /// every look, and the probability that it ever is at most alpha without a difference is still at most alpha.
  ///
  /// The test is exact. The statistic is the mean difference.
  ///
  /// - Parameters:
  ///   - differences: candidate minus baseline, in the order of the seeds.
  ///   - design: fixed before the first look.
  /// - Throws: `StatisticsError.empty`, `.notFinite`, `.outOfRange` for more differences than the design's maximum.
  public static func sequentialSignFlip(
    _ differences: [Double], design: SequentialDesign
  ) throws(StatisticsError) -> SignificanceTest {
    try design.check(differences)
    let (above, below) = (design.p(that: differences), design.p(that: differences.map { -$0 }))
    return SignificanceTest(
      .sequentialSignFlip, .exact, p: 2 * Swift.min(above, below), shift: below - above,
      statistic: Moments(differences).mean, minimumP: design.minimumP(seeds: differences.count))
  }
}
