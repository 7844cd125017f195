import TestSupport
import Testing

@testable import Statistics

/// Whether the tests and intervals keep their promises over many simulated studies. The seeds are fixed; tolerances are
/// about four standard errors of the simulated shares.
@Suite(.tags(.unit)) struct CalibrationTests {
  private func share(_ studies: Int, seed: UInt64, _ isHit: (inout NormalDraws) throws -> Bool) rethrows -> Double {
    var draws = NormalDraws(seed)
    var hits = 0
    for _ in 0..<studies where try isHit(&draws) { hits += 1 }
    return Double(hits) / Double(studies)
  }

  @Test func exactPairedTestsRejectEqualMethodsAsOftenAsAllowed() throws {
    // Of 256 sign choices 12 are at most 5%.
    let signFlip = try share(2000, seed: 1) { try SignificanceTest.signFlip($0.take(8)).p <= 0.05 }
    #expect((signFlip - 12.0 / 256).magnitude < 0.02)
    let wilcoxon = try share(2000, seed: 2) { try SignificanceTest.wilcoxon($0.take(8)).p <= 0.05 }
    #expect(wilcoxon > 0.02 && wilcoxon < 0.065)
    // Differences of very skewed values are still symmetric.
    let skewed = try share(2000, seed: 3) { draws in
      let values = draws.take(16).map { $0 * $0 * $0 * $0 }
      return try SignificanceTest.signFlip((0..<8).map { values[$0] - values[$0 + 8] }).p <= 0.05
    }
    #expect(skewed < 0.065)
  }

  @Test func unpairedTestsRejectEqualMethodsAsOftenAsAllowed() throws {
    let rank = try share(800, seed: 4) {
      try SignificanceTest.mannWhitney(candidate: $0.take(5), baseline: $0.take(5)).p <= 0.05
    }
    #expect(rank < 0.05 + 0.03)
    #expect(rank > 0.01)
    let welch = try share(2000, seed: 5) {
      try SignificanceTest.welchT(candidate: $0.take(5), baseline: $0.take(9).map { $0 * 4 }).p <= 0.05
    }
    #expect((welch - 0.05).magnitude < 0.02)
  }

  @Test func fiveSeedsNeverRejectAtFivePercent() throws {
    let five = try share(300, seed: 6) { try SignificanceTest.signFlip($0.take(5, mean: 3)).p <= 0.05 }
    #expect(five == 0)
  }

  @Test func intervalsCoverTheTruth() throws {
    let student = try share(2000, seed: 7) {
      try #require(try Outcomes($0.take(5, mean: 2)).summary()?.interval).contains(2)
    }
    #expect((student - 0.95).magnitude < 0.02)
    var percentile = 0
    let bca = try share(200, seed: 8) {
      let bootstrap = try Bootstrap([$0.take(20, mean: 2)], resamples: 400) { $0[0].reduce(0, +) / 20 }
      if bootstrap.percentile.contains(2) { percentile += 1 }
      return try #require(bootstrap.bca).contains(2)
    }
    #expect(bca > 0.87 && bca < 0.99)
    #expect(percentile > 174 && percentile < 198)
  }

  @Test func aFamilyOfEqualArmsRarelyHasAnyFinding() throws {
    let options = try ComparisonOptions(resamples: 100)
    let found = try share(300, seed: 9) { draws in
      let shared = draws.take(9)
      let arms = (0..<4).map { arm in
        ArmOutcomes(
          "\(arm)",
          values: Dictionary(uniqueKeysWithValues: draws.take(9).enumerated().map { ($0, shared[$0] + $1) }))
      }
      let table = try ComparisonTable(arms, family: .against(baseline: "0"), options: options)
      return table.comparisons.contains { $0.verdict.finding == .better || $0.verdict.finding == .worse }
    }
    // Without Holm's adjustment it would be about 0.12.
    #expect(found < 0.05 + 0.04, "\(found)")
  }

  @Test func requiredSeedsHaveThePowerAskedFor() throws {
    for effect in [0.8, 1.2] {
      let seeds = try #require(try RequiredSeeds(effectSize: effect).total)
      let found = try share(800, seed: 10) { try SignificanceTest.signFlip($0.take(seeds, mean: effect)).p <= 0.05 }
      #expect((found - 0.8).magnitude < 0.08, "effect \(effect), \(seeds) seeds: \(found)")
    }
  }

  @Test func pairingFindsWhatSeedsHide() throws {
    // The seed moves both arms by ten times the method's effect.
    var draws = NormalDraws(12)
    let shared = draws.take(10).map { 10 * $0 }
    let candidate = zip(shared, draws.take(10)).map { $0 + 1 + 0.3 * $1 }
    let paired = try SignificanceTest.signFlip(zip(candidate, shared).map { $0 - $1 })
    let unpaired = try SignificanceTest.mannWhitney(candidate: candidate, baseline: shared)
    #expect(paired.p < 0.01)
    #expect(unpaired.p > 0.5)
  }
}
