import Foundation
import TestSupport
import Testing

@testable import Statistics

@Suite(.tags(.unit)) struct SignificanceTests {
  private let fixtures: StatisticsFixtures

  init() throws { fixtures = try .read() }

  @Test func exactPairedTestsAgreeWithSciPy() throws {
    for row in fixtures.paired {
      let differences = try PairedOutcomes(candidate: row.candidate, baseline: row.baseline).differences
      let signFlip = try SignificanceTest.signFlip(differences)
      #expect(isClose(signFlip.p, row.signFlipP), "\(row.name)")
      #expect(signFlip.method == .exact)
      let wilcoxon = try SignificanceTest.wilcoxon(differences)
      #expect(isClose(wilcoxon.p, row.wilcoxonP), "\(row.name)")
      #expect(wilcoxon.statistic == row.wilcoxon, "\(row.name)")
      let student = try SignificanceTest.pairedT(differences)
      #expect(isClose(student.p, row.tP, 1e-9), "\(row.name)")
      #expect(isClose(student.statistic, row.t, 1e-9), "\(row.name)")
      #expect(student.shift == (row.t > 0 ? 1 : -1))
    }
  }

  @Test func unpairedTestsAgreeWithSciPy() throws {
    for row in fixtures.unpaired {
      let rank = try SignificanceTest.mannWhitney(candidate: row.candidate, baseline: row.baseline)
      #expect(rank.statistic == row.u, "\(row.name)")
      #expect(isClose(rank.p, row.p), "\(row.name)")
      #expect(rank.method == (row.name == "many" ? .approximate : .exact))
      let mirrored = try SignificanceTest.mannWhitney(candidate: row.baseline, baseline: row.candidate)
      #expect(isClose(mirrored.p, rank.p))
      #expect(mirrored.shift == -rank.shift)
      let welch = try SignificanceTest.welchT(candidate: row.candidate, baseline: row.baseline)
      #expect(isClose(welch.p, row.tP, 1e-10), "\(row.name)")
      #expect(isClose(welch.statistic, row.t, 1e-10), "\(row.name)")
      #expect(isClose(welch.degreesOfFreedom, row.df, 1e-10), "\(row.name)")
    }
  }

  @Test func signTestAgreesWithSciPy() throws {
    for row in fixtures.sign {
      let test = try SignificanceTest.sign(wins: row.wins, losses: row.losses)
      #expect(isClose(test.p, row.p), "\(row.wins), \(row.losses)")
    }
    #expect(try SignificanceTest.sign(wins: 0, losses: 0).p == 1)
    #expect(throws: StatisticsError.self) { try SignificanceTest.sign(wins: -1, losses: 2) }
    #expect(try SignificanceTest.sign(wins: .max, losses: .max).p == 1)
  }

  /// Meeting in the middle against plain enumeration.
  @Test func signFlipsCountedAsByBruteForce() throws {
    var draws = NormalDraws(3)
    for count in 1...11 {
      let values = draws.take(count, mean: 0.4).map { ($0 * 8).rounded() / 8 }
      let observed = values.reduce(0, +).magnitude
      let reached = (0..<(1 << count)).count { pattern in
        values.indices.reduce(0.0) { $0 + (pattern >> $1 & 1 == 0 ? values[$1] : -values[$1]) }.magnitude >= observed
      }
      #expect(try SignificanceTest.signFlip(values).p == Double(reached) / Double(1 << count), "\(values)")
    }
  }

  @Test func tiesSurviveRounding() throws {
    // 0.1 + 0.2 isn't 0.3, but a difference of accuracies is as large as another that reads alike.
    let tenths = [-0.1, -0.2, 0.3, -0.1, 0.2, 0.3, 0.1 + 0.2, 0.8 - 0.7]
    let whole = [-1.0, -2, 3, -1, 2, 3, 3, 1]
    #expect(try SignificanceTest.signFlip(tenths).p == SignificanceTest.signFlip(whole).p)
    #expect(try SignificanceTest.wilcoxon(tenths).p == SignificanceTest.wilcoxon(whole).p)
    #expect(try SignificanceTest.signFlip([0.1, 0.2, 0.8 - 1.1]).shift == 0)
  }

  @Test func thirtyTwoSeedsAreExactAndMoreAreSampled() throws {
    var draws = NormalDraws(11)
    let values = draws.take(60, mean: 0.25)
    let exact = try SignificanceTest.signFlip(Array(values[..<32]))
    #expect(exact.method == .exact)
    #expect(exact.standardError == nil)
    let distribution = SignFlipDistribution(Array(values[..<32]))
    let sampled = distribution.sampledP(20_000, seed: 1)
    #expect((sampled - exact.p).magnitude < 4 * (exact.p * (1 - exact.p) / 20_000).squareRoot())
    let many = try SignificanceTest.signFlip(values, seed: 4)
    let error = try #require(many.standardError)
    #expect(many.method == .sampled)
    #expect(isClose(error, (many.p * (1 - many.p) / 10_000).squareRoot()))
    // With so many values the t test hardly differs.
    #expect((many.p - (try SignificanceTest.pairedT(values)).p).magnitude < 4 * error + 0.005)
    #expect(try SignificanceTest.signFlip(values, seed: 4) == many)
    #expect(try SignificanceTest.signFlip(values, seed: 5) != many)
  }

  /// Where sampling ends, the bound is close to the exact value from above.
  @Test func smallPValuesOfManySeedsAreBounded() throws {
    let agreeing = [Double](repeating: 0.5, count: 40)
    let bounded = try SignificanceTest.signFlip(agreeing)
    #expect(bounded.method == .bounded && bounded.standardError == nil)
    #expect(isClose(bounded.p, pow(2, -39)) && bounded.minimumP == pow(2, -39))
    #expect(try SignificanceTest.wilcoxon((1...40).map(Double.init)).method == .bounded)
    // Sampling tells these apart.
    #expect(try SignificanceTest.signFlip(agreeing, resamples: 10_000_000).method == .bounded)
    #expect(try SignificanceTest.signFlip((0..<44).map { $0 < 30 ? 0.5 : -0.5 }).method == .sampled)
    for (count, mean) in [(8, 0.5), (16, 0.8), (24, 1), (32, 0), (32, 0.4), (32, 1.5)] {
      var draws = NormalDraws(UInt64(count))
      let distribution = SignFlipDistribution(draws.take(count, mean: mean))
      let (exact, bound) = (distribution.exactP(), distribution.boundedP())
      #expect(bound >= exact * (1 - 1e-12), "\(count), \(mean)")
      #expect(bound <= exact * 20, "\(count), \(mean): \(bound) for \(exact)")
    }
    #expect(SignFlipDistribution([1, -1]).boundedP() == 1)
    #expect(SignFlipDistribution([]).boundedP() == 1)
  }

  /// With a sampled p value of 1/10,001 at least, the best of a thousand arms couldn't be told from a baseline.
  @Test func aThousandArmsAreToldApart() throws {
    let seeds = Array(0..<40)
    var draws = NormalDraws(3)
    let arms = (0..<1000).map { arm in
      let scores = draws.take(seeds.count, mean: arm == 0 ? 0 : 3)
      return ArmOutcomes("arm \(arm)", values: Dictionary(uniqueKeysWithValues: zip(seeds, scores)))
    }
    let table = try ComparisonTable(
      arms, family: .against(baseline: "arm 0"), options: ComparisonOptions(resamples: 100))
    #expect(table.comparisons.count == 999)
    #expect(table.comparisons.allSatisfy { $0.verdict.finding == .better })
  }

  @Test func fewSeedsCannotBeSignificant() throws {
    let smallest = [1: 1, 2: 0.5, 3: 0.25, 5: 0.0625, 6: 0.03125]
    for (count, p) in smallest {
      #expect(ComparisonDesign.paired.minimumP(seeds: count) == p)
      let test = try SignificanceTest.signFlip((1...count).map(Double.init))
      #expect(test.p == p)
      #expect(test.minimumP == p)
    }
    // C(6, 3) = 20 and C(8, 4) = 70 ways to choose.
    #expect(isClose(ComparisonDesign.unpaired.minimumP(seeds: 3), 0.1))
    #expect(isClose(ComparisonDesign.unpaired.minimumP(seeds: 4), 2.0 / 70))
    #expect(ComparisonDesign.paired.minimumP(seeds: 0) == 1)
    #expect(ComparisonDesign.unpaired.minimumP(seeds: .max) == 0)
    let apart = try SignificanceTest.mannWhitney(candidate: [4, 5, 6], baseline: [1, 2, 3])
    #expect(isClose(apart.p, 0.1))
    #expect(isClose(apart.minimumP, 0.1))
    // Seeds without a difference can't speak.
    #expect(try SignificanceTest.signFlip([0, 0, 1, 1]).minimumP == 0.5)
  }

  @Test func holmsAdjustment() throws {
    for row in fixtures.adjusted {
      let adjusted = try Holm.adjusted(row.p)
      for (value, expected) in zip(adjusted, row.adjusted) { #expect(isClose(value, expected)) }
    }
    #expect(try Holm.adjusted([]).isEmpty)
    for p in [-0.1, 1.1, .nan] { #expect(throws: StatisticsError.self) { try Holm.adjusted([0.5, p]) } }
  }

  /// The approximation without the noncentral distribution is off by a seed or two.
  @Test func requiredSeedsAreThoseOfTheNoncentralDistribution() throws {
    for row in fixtures.seeds {
      let design = try #require(ComparisonDesign(rawValue: row.design))
      let seeds = try RequiredSeeds(effectSize: -row.effect, design: design, alpha: row.alpha)
      let estimate = try #require(seeds.byEffect)
      #expect((estimate - row.seeds).magnitude <= 2, "\(row)")
      #expect(seeds.total == max(estimate, seeds.fewest))
    }
    let small = try RequiredSeeds(effectSize: 5)
    #expect(small.fewest == 6)
    #expect(small.total == 6)
    #expect(small.additional(to: 4) == 2)
    #expect(small.additional(to: 9) == 1)
    #expect(try RequiredSeeds(effectSize: 0).total == nil)
    #expect(try RequiredSeeds(effectSize: 1e-9).total == nil)
    #expect(try RequiredSeeds(effectSize: .infinity).total == 6)
    #expect(try RequiredSeeds(effectSize: .infinity, alpha: .leastNormalMagnitude).fewest > 1000)
    #expect(throws: StatisticsError.self) { try RequiredSeeds(effectSize: .nan) }
    #expect(throws: StatisticsError.self) { try RequiredSeeds(effectSize: 1, alpha: 0) }
    #expect(throws: StatisticsError.self) { try RequiredSeeds(effectSize: 1, power: 1) }
  }

  @Test func testsOfWhatCannotBeTestedAreErrors() {
    #expect(throws: StatisticsError.empty(what: "differences")) { try SignificanceTest.signFlip([]) }
    #expect(throws: StatisticsError.empty(what: "differences")) { try SignificanceTest.wilcoxon([]) }
    #expect(throws: StatisticsError.notFinite(what: "differences", count: 2)) {
      try SignificanceTest.signFlip([1, .nan, .infinity])
    }
    #expect(throws: StatisticsError.self) { try SignificanceTest.signFlip([1], resamples: 0) }
    #expect(throws: StatisticsError.tooFewValues(what: "differences", needed: 2, found: 1)) {
      try SignificanceTest.pairedT([1])
    }
    #expect(throws: StatisticsError.self) { try SignificanceTest.welchT(candidate: [1], baseline: [1, 2]) }
    #expect(throws: StatisticsError.self) { try SignificanceTest.mannWhitney(candidate: [], baseline: [1]) }
  }

  @Test func degenerateValuesHaveASensibleP() throws {
    #expect(try SignificanceTest.signFlip([0, 0, 0]).p == 1)
    #expect(try SignificanceTest.wilcoxon([0, 0, 0]).p == 1)
    #expect(try SignificanceTest.pairedT([0, 0, 0]).p == 1)
    let constant = try SignificanceTest.pairedT([0.5, 0.5, 0.5])
    #expect(constant.p == 0)
    #expect(constant.statistic == nil)
    #expect(try SignificanceTest.mannWhitney(candidate: [1, 1], baseline: [1, 1, 1]).p == 1)
    let many = [Double](repeating: 1, count: 40)
    #expect(try SignificanceTest.mannWhitney(candidate: many, baseline: many).p == 1)
    #expect(try SignificanceTest.welchT(candidate: [1, 1], baseline: [1, 1]).p == 1)
    #expect(try SignificanceTest.welchT(candidate: [2, 2], baseline: [1, 1]).p == 0)
    for scale in [1e-300, 1e149] {
      let scaled = [3, -1, 2, 4, 5, 2].map { $0 * scale }
      #expect(try SignificanceTest.signFlip(scaled).p == SignificanceTest.signFlip([3, -1, 2, 4, 5, 2]).p)
      #expect(isClose(try SignificanceTest.pairedT(scaled).p, try SignificanceTest.pairedT([3, -1, 2, 4, 5, 2]).p))
    }
  }
}
