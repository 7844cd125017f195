import Foundation
import TestSupport
import Testing

@testable import Statistics

@Suite(.tags(.unit)) struct ComparisonTests {
  private let fixtures: StatisticsFixtures

  init() throws { fixtures = try .read() }

  private func arm(_ name: String, _ values: [Double], firstSeed: Int) -> ArmOutcomes {
    ArmOutcomes(name, values: Dictionary(uniqueKeysWithValues: values.enumerated().map { ($0 + firstSeed, $1) }))
  }

  @Test func pairedComparisonsAgreeWithSciPy() throws {
    for row in fixtures.paired {
      let comparison = try Comparison.paired(
        PairedOutcomes(candidate: row.candidate, baseline: row.baseline), options: .init(margin: row.margin))
      #expect(isClose(comparison.interval, row.interval), "\(row.name)")
      #expect(isClose(comparison.effectSize, row.effect, 1e-9), "\(row.name)")
      #expect(isClose(comparison.equivalenceP, row.equivalenceP, 1e-9), "\(row.name)")
      #expect(isClose(comparison.probabilityOfImprovement.value, row.improvement), "\(row.name)")
      #expect(isClose(comparison.pairedShare, row.share), "\(row.name)")
      #expect(comparison.test?.kind == .signFlip)
      // Another generator drew SciPy's resamples.
      let bootstrap = try #require(comparison.bootstrap)
      // Quantiles of numbers on a grid jump.
      let tolerance = (row.name.hasPrefix("tied") ? 0.3 : 0.1) * bootstrap.standardError
      for (interval, wanted) in [(bootstrap.percentile, row.percentile), (try #require(bootstrap.bca), row.bca)] {
        #expect((interval.lower - wanted[0]).magnitude < tolerance, "\(row.name): \(interval), \(wanted)")
        #expect((interval.upper - wanted[1]).magnitude < 1.5 * tolerance, "\(row.name): \(interval), \(wanted)")
      }
    }
  }

  @Test func unpairedComparisonsAgreeWithSciPy() throws {
    for row in fixtures.unpaired {
      let comparison = try Comparison.unpaired(
        candidate: row.candidate, baseline: row.baseline, options: .init(resamples: 4000))
      #expect(isClose(comparison.interval, row.interval, 1e-10), "\(row.name)")
      #expect(isClose(comparison.effectSize, row.effect, 1e-10), "\(row.name)")
      #expect(comparison.test?.kind == .mannWhitney)
      let bootstrap = try #require(comparison.bootstrap)
      let bca = try #require(bootstrap.bca)
      #expect((bca.lower - row.bca[0]).magnitude < 0.2 * bootstrap.standardError, "\(row.name): \(bca), \(row.bca)")
      #expect((bca.upper - row.bca[1]).magnitude < 0.2 * bootstrap.standardError, "\(row.name): \(bca), \(row.bca)")
      // U over the number of pairs of runs is the probability of improvement.
      let pairs = Double(row.candidate.count * row.baseline.count)
      #expect(isClose(comparison.probabilityOfImprovement.value, row.u / pairs))
    }
  }

  @Test func improvementHasADirectionAndCountsDivergence() throws {
    func probability(_ candidate: [Double], _ baseline: [Double], _ better: BetterDirection) throws -> Double {
      try ProbabilityOfImprovement(candidate: candidate, baseline: baseline, better: better, resamples: 100).value
    }
    #expect(try probability([3, 4], [1, 2], .higher) == 1)
    #expect(try probability([3, 4], [1, 2], .lower) == 0)
    #expect(try probability([1, 2], [1, 2], .higher) == 0.5)
    #expect(try probability([.nan, 4], [1, 2], .higher) == 0.5)
    #expect(try probability([.infinity, 1], [2, .nan], .lower) == 0.625)
    let interval = try ProbabilityOfImprovement(
      candidate: [1, 2, 3, 4], baseline: [2, 3, 4, 5], better: .lower
    ).interval
    #expect(try #require(interval).contains(0.71875))
    #expect(try #require(interval).lower < 0.4)
    #expect(try ProbabilityOfImprovement(candidate: [1], baseline: [2, 3], better: .lower).interval == nil)
  }

  @Test func bootstrapIsRepeatable() throws {
    let values = [0.1, 0.4, 0.35, -0.2, 0.6]
    func bootstrap(_ seed: UInt64) throws -> Bootstrap {
      try Bootstrap([values], resamples: 500, seed: seed) { $0[0].reduce(0, +) }
    }
    #expect(try bootstrap(1) == bootstrap(1))
    #expect(try bootstrap(1) != bootstrap(2))
  }

  @Test func keptPositionsAreThoseDrawn() {
    func positions(_ seed: UInt64, keeping limit: Int) -> [[UInt32]] {
      var all: [[UInt32]] = []
      Resamples(50, ofSizes: [3, 7], seed: seed, stream: .bootstrap, keeping: limit).visit { all.append(Array($0)) }
      return all
    }
    for seed: UInt64 in [1, 2] {
      let drawn = positions(seed, keeping: 499)
      #expect(drawn.count == 50 && drawn.allSatisfy { $0.count == 10 && $0[..<3].allSatisfy { $0 < 3 } })
      // Once to keep them, and once from there; then with those of the other seed dropped.
      for limit in [500, 500, 1 << 23] { #expect(positions(seed, keeping: limit) == drawn) }
    }
  }

  @Test func bootstrapOfDegenerateSamples() throws {
    let constant = try Bootstrap([[2, 2, 2]], resamples: 200) { $0[0].reduce(0, +) }
    #expect(constant.percentile == Interval(6, 6))
    #expect(constant.bca == Interval(6, 6))
    #expect(constant.standardError == 0)
    // No resample has a larger maximum than the sample: there is no bias to correct for.
    let maximum = try Bootstrap([[1, 2, 3]], resamples: 200) { -($0[0].max() ?? 0) }
    #expect(maximum.percentile.lower == -3)
    #expect(throws: StatisticsError.self) { try Bootstrap([[1]]) { $0[0][0] } }
    #expect(throws: StatisticsError.self) { try Bootstrap([]) { _ in 0 } }
    #expect(throws: StatisticsError.self) { try Bootstrap([[1, .nan]]) { $0[0][0] } }
    #expect(throws: StatisticsError.self) { try Bootstrap([[1, 2]], resamples: 5) { $0[0][0] } }
    #expect(throws: StatisticsError.self) { try Bootstrap([[1, 2]]) { _ in .nan } }
  }

  @Test func divergedSeedsAreCountedAndLeftOutOfDifferences() throws {
    let outcomes = try PairedOutcomes(candidate: [0.5, .nan, 0.7, .infinity], baseline: [0.4, 0.5, 0.5, .nan])
    let comparison = try Comparison.paired(outcomes, options: .init())
    #expect(comparison.candidateDiverged == 2)
    #expect(comparison.baselineDiverged == 1)
    #expect(comparison.candidateRuns == 4)
    #expect(comparison.usableSeeds == 2)
    #expect(comparison.pairedShare == 0.625)
    #expect(!comparison.isIdentical)
    let nothing = try Comparison.paired(PairedOutcomes(candidate: [.nan], baseline: [1]), options: .init())
    #expect(nothing.meanDifference == nil)
    #expect(nothing.tests.isEmpty)
    #expect(nothing.pairedShare == 0)
    let apart = try Comparison.unpaired(candidate: [.nan, .nan], baseline: [1, 2], options: .init())
    #expect(apart.meanDifference == nil)
    #expect(apart.test == nil)
    #expect(apart.probabilityOfImprovement.value == 0)
  }

  @Test func everyResultCanBeWrittenAsJSON() throws {
    let rows: [([Double], [Double])] = [
      ([1], [2]), ([1, 1], [1, 1]), ([2, 2, 2], [1, 1, 1]), ([.nan, 1], [1, .infinity]), ([.nan], [.nan]),
      ([1e150, -1e150], [-1e150, 1e150]), ([.leastNonzeroMagnitude, 0], [0, .leastNormalMagnitude / 8]),
    ]
    for (candidate, baseline) in rows {
      let other = arm("baseline", baseline, firstSeed: 0)
      for arm in [arm("candidate", candidate, firstSeed: 0), arm("candidate", candidate, firstSeed: 100)] {
        let table = try ComparisonTable(
          [other, arm], family: .allPairs, options: .init(better: .lower, margin: 0.1, resamples: 100))
        #expect(try !JSONEncoder().encode(table).isEmpty)
        #expect(!table.comparisons[0].verdict.sentence().isEmpty)
      }
    }
  }

  @Test func familiesCompareWhatTheySay() throws {
    let arms = ["a", "b", "c"].map { ArmOutcomes($0, values: [0: 1, 1: 2]) }
    func names(_ family: ComparisonFamily) throws -> [[String]] {
      try ComparisonTable(arms, family: family, options: .init(resamples: 100)).comparisons.map {
        [$0.candidate, $0.baseline]
      }
    }
    #expect(try names(.against(baseline: "b")) == [["a", "b"], ["c", "b"]])
    #expect(try names(.allPairs) == [["b", "a"], ["c", "a"], ["c", "b"]])
    #expect(throws: StatisticsError.unknownBaseline("d", arms: ["a", "b", "c"])) {
      try names(.against(baseline: "d"))
    }
    #expect(throws: StatisticsError.duplicateArm("a")) {
      try ComparisonTable([arms[0], arms[0]], family: .allPairs, options: .init())
    }
    #expect(throws: StatisticsError.self) { try ComparisonTable([], family: .allPairs, options: .init()) }
    #expect(throws: StatisticsError.self) {
      try ComparisonTable([arms[0], ArmOutcomes("e", values: [:])], family: .allPairs, options: .init())
    }
  }

  @Test func armsThatShareFewSeedsAreComparedUnpaired() throws {
    func design(_ one: [Int], _ other: [Int]) throws -> ComparisonDesign? {
      let arms = [("a", one), ("b", other)].map { name, seeds in
        ArmOutcomes(name, values: Dictionary(uniqueKeysWithValues: seeds.map { ($0, Double($0 * $0 % 7)) }))
      }
      let table = try ComparisonTable(arms, family: .allPairs, options: .init(resamples: 100))
      return table.comparisons.first?.comparison.design
    }
    #expect(try design([1, 2, 3], [1, 2, 3]) == .paired)
    #expect(try design([1, 2, 3, 4], [3, 4, 5, 6]) == .paired)
    #expect(try design([1, 2, 3, 4], [4, 5, 6, 7]) == .unpaired)
    #expect(try design([1, 2], [3, 4]) == .unpaired)
  }

  @Test func optionsOutOfRangeAreErrors() {
    #expect(throws: StatisticsError.self) { try ComparisonOptions(alpha: 0) }
    #expect(throws: StatisticsError.self) { try ComparisonOptions(alpha: 1) }
    #expect(throws: StatisticsError.self) { try ComparisonOptions(alpha: .nan) }
    #expect(throws: StatisticsError.self) { try ComparisonOptions(power: 1.5) }
    #expect(throws: StatisticsError.self) { try ComparisonOptions(resamples: -3) }
    for margin in [0, -1, .nan, .infinity] {
      #expect(throws: StatisticsError.self) { try ComparisonOptions(margin: margin) }
    }
  }
}
