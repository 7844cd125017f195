import Foundation
import TestSupport
import Testing

@testable import Statistics

/// How often sequential designs are wrong over many simulated studies. The seeds are fixed; an upper bound is alpha and
/// three standard errors of the simulated share.
@Suite(.tags(.unit, .slow)) struct SequentialErrorRateTests {
  private static let alpha = 0.05
  /// A smaller code than the one that is used, for speed: the test is exact with any.
  private static let code = SignFlipLooks.Code(bits: 10, polynomial: 0x51D)

  private static func bound(_ studies: Int) -> Double {
    alpha + 3 * (alpha * (1 - alpha) / Double(studies)).squareRoot()
  }

  /// Whether any of several arms is ever called different from the baseline, by Holm's method at every look.
  private func hasFinding(_ arms: [[Double]], maximum: Int) throws -> Bool {
    let design = try SequentialDesign(
      maximum: maximum, first: nil, alpha: Self.alpha, comparisons: arms.count)
    var sides = arms.map { _ in [SignFlipLooks(design, code: Self.code), SignFlipLooks(design, code: Self.code)] }
    for seed in 0..<maximum {
      for arm in arms.indices {
        sides[arm][0].append(arms[arm][seed])
        sides[arm][1].append(-arms[arm][seed])
      }
      let p = sides.map { Swift.min(1, 2 * Swift.min($0[0].p, $0[1].p)) }
      if try Holm.adjusted(p).contains(where: { $0 <= Self.alpha }) { return true }
    }
    return false
  }

  @Test(arguments: [SimulatedDifferences.normal, .heavyTailed, .cauchy, .discrete, .skewedValues])
  func equalArmsAreRarelyCalledDifferent(_ kind: SimulatedDifferences) throws {
    let studies = 400
    var draws = NormalDraws(34)
    var found = 0
    for _ in 0..<studies where try hasFinding([kind.take(16, from: &draws)], maximum: 16) { found += 1 }
    let share = Double(found) / Double(studies)
    #expect(share <= Self.bound(studies), "\(kind): \(share)")
    // A test that never rejects would pass too.
    #expect(share > 0.015, "\(kind): \(share)")
  }

  /// The baseline's seed enters all comparisons, so that they are not independent.
  @Test(arguments: [SimulatedDifferences.normal, .heavyTailed, .discrete])
  func aFamilyOfEqualArmsRarelyHasAnyFinding(_ kind: SimulatedDifferences) throws {
    let studies = 250
    var draws = NormalDraws(35)
    var found = 0
    for _ in 0..<studies {
      let baseline = kind.take(16, from: &draws)
      let arms = (0..<3).map { _ in zip(kind.take(16, from: &draws), baseline).map { $0 - $1 } }
      if try hasFinding(arms, maximum: 16) { found += 1 }
    }
    let share = Double(found) / Double(studies)
    #expect(share <= Self.bound(studies), "\(kind): \(share)")
  }

  /// The null hypothesis is symmetry. Differences with mean 0 that are skewed violate it, and are found more often
  /// than alpha, as by the fixed test.
  @Test func skewedDifferencesWithMeanZeroAreFoundMoreOften() throws {
    let studies = 400
    var draws = NormalDraws(36)
    var (sequential, fixed) = (0, 0)
    for _ in 0..<studies {
      let values = SimulatedDifferences.skewed.take(16, from: &draws)
      if try hasFinding([values], maximum: 16) { sequential += 1 }
      let single = try SequentialDesign(maximum: 16, first: 16)
      if SequentialRivals.chosen(values, design: single, alpha: Self.alpha, code: Self.code) != nil { fixed += 1 }
    }
    let shares = [sequential, fixed].map { Double($0) / Double(studies) }
    #expect(shares[0] > 0.06 && shares[0] < 0.17, "\(shares)")
    #expect(shares[1] > 0.03 && shares[1] < 0.12, "\(shares)")
  }

  @Test func intervalsCoverTheCentreAtAllLooks() throws {
    let studies = 100
    var draws = NormalDraws(37)
    let design = try SequentialDesign(maximum: 9, first: 8)
    for kind in [SimulatedDifferences.normal, .heavyTailed] {
      var missed = 0
      for _ in 0..<studies {
        let values = kind.take(9, from: &draws).map { $0 + 3 }
        // What is excluded at one look stays excluded, so the last interval is the narrowest.
        if let interval = try design.interval(of: values), !interval.contains(3) { missed += 1 }
      }
      #expect(Double(missed) / Double(studies) <= Self.bound(studies), "\(kind): \(missed)")
    }
  }

  /// Arms that differ by exactly the margin are the hardest that must not be called equivalent.
  @Test func equivalenceIsRarelyClaimedWrongly() throws {
    let studies = 300
    var draws = NormalDraws(38)
    let design = try SequentialDesign(maximum: 10, first: 7)
    var (wrong, right) = (0, 0)
    for _ in 0..<studies {
      let values = draws.take(10)
      if try design.equivalenceP(of: values.map { $0 + 2 }, margin: 2) <= Self.alpha { wrong += 1 }
      if try design.equivalenceP(of: values, margin: 2) <= Self.alpha { right += 1 }
    }
    #expect(Double(wrong) / Double(studies) <= Self.bound(studies), "\(wrong)")
    #expect(right > 9 * studies / 10, "\(right)")
  }

  /// Strong effects need far fewer seeds than the maximum, and hardly any is missed.
  @Test func largeEffectsAreFoundSoon() throws {
    let design = try SequentialDesign(maximum: 40, first: nil, alpha: Self.alpha, comparisons: 1)
    var draws = NormalDraws(39)
    for (effect, most) in [(1.0, 15.0), (2.0, 9.5)] {
      let stops = (0..<60).map { _ in
        SequentialRivals.chosen(draws.take(40, mean: effect), design: design, alpha: Self.alpha)
      }
      #expect(stops.allSatisfy { $0 != nil }, "effect \(effect)")
      let mean = Double(stops.reduce(0) { $0 + ($1 ?? 40) }) / 60
      #expect(mean < most, "effect \(effect): \(mean)")
    }
  }

  /// Writes the table of docs/statistics.md: `TANREN_POWER_TABLE=2000` says how many studies it simulates.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["TANREN_POWER_TABLE"] != nil))
  func powerTable() throws {
    let studies = try #require(ProcessInfo.processInfo.environment["TANREN_POWER_TABLE"].flatMap(Int.init))
    print(try SequentialPowerTable(studies: studies).text())
  }
}
