import TestSupport
import Testing

@testable import Statistics

@Suite(.tags(.unit)) struct VerdictTests {
  private func verdict(
    _ candidate: [Double], _ baseline: [Double], better: BetterDirection = .higher, margin: Double? = nil
  ) throws -> Verdict {
    let options = try ComparisonOptions(better: better, margin: margin, resamples: 100)
    let comparison = try Comparison.paired(PairedOutcomes(candidate: candidate, baseline: baseline), options: options)
    return Verdict(comparison, candidate: "TanhExp", baseline: "ReLU", options: options)
  }

  @Test func seedsThatDisagree() throws {
    let verdict = try verdict([0.9781, 0.9792, 0.9774, 0.9789, 0.9786], [0.9783, 0.9778, 0.9779, 0.9781, 0.9785])
    #expect(verdict.finding == .notDistinguishable)
    #expect(
      verdict.sentence(.percent)
        == "TanhExp and ReLU are not distinguishable with these 5 seeds (difference +0.032 ± 0.096 percentage points, "
        + "p = 0.44); about 45 more seeds would be needed")
  }

  @Test func clearDifferences() throws {
    let candidate = [0.982, 0.981, 0.985, 0.9833, 0.9819, 0.9841]
    let baseline = [0.98, 0.978, 0.981, 0.9811, 0.979, 0.9808]
    let better = try verdict(candidate, baseline)
    #expect(better.finding == .better)
    #expect(better.moreSeeds == nil)
    #expect(
      better.sentence(.percent)
        == "TanhExp is better than ReLU: difference +0.290 ± 0.077 percentage points, p = 0.031 over 6 seeds")
    #expect(try verdict(candidate, baseline, better: .lower).finding == .worse)
    #expect(try verdict(baseline, candidate).finding == .worse)
    #expect(
      try verdict(baseline, candidate, better: .lower).sentence()
        == "TanhExp is better than ReLU: difference −0.00290 ± 0.00077, p = 0.031 over 6 seeds")
  }

  @Test func agreementOfTooFewSeeds() throws {
    let three = try verdict([0.982, 0.981, 0.985], [0.98, 0.978, 0.981])
    #expect(three.finding == .tooFewSeeds)
    #expect(
      three.sentence(.percent)
        == "too few seeds for any verdict on TanhExp and ReLU (difference +0.30 ± 0.25 percentage points): "
        + "with 3 seeds no exact two-sided test can fall below p = 0.25; at least 3 more seeds would be needed")
    let one = try verdict([0.982], [0.98])
    #expect(one.finding == .tooFewSeeds)
    #expect(
      one.sentence()
        == "too few seeds for any verdict on TanhExp and ReLU (difference +0.0020): a single seed shows no spread; "
        + "at least 5 more seeds would be needed")
  }

  @Test func sameResults() throws {
    #expect(try verdict([1, 2, 3], [1, 2, 3]).sentence() == "TanhExp and ReLU have the same value in all 3 seeds")
    #expect(try verdict([1], [1]).finding == .identical)
    // Nearly all alike: seeds that show no difference are evidence of none, not a lack of seeds.
    let nearly = try verdict([1, 2, 3, 4, 5, 6, 8], [1, 2, 3, 4, 5, 6, 7])
    #expect(nearly.finding == .notDistinguishable)
    let balanced = try verdict([1, 2, 1, 2], [2, 1, 2, 1])
    #expect(balanced.sentence().hasSuffix("no practical number of seeds would tell a difference so small"))
  }

  @Test func differencesThatDoNotMatter() throws {
    let candidate = [0.9801, 0.9792, 0.9784, 0.9789, 0.9786, 0.9793]
    let baseline = [0.98, 0.9789, 0.9783, 0.9785, 0.9785, 0.9788]
    let verdict = try verdict(candidate, baseline, margin: 0.001)
    #expect(verdict.finding == .equivalent)
    #expect(
      verdict.sentence(.percent)
        == "TanhExp and ReLU are equivalent within ±0.1 percentage points "
        + "(difference +0.025 ± 0.018 percentage points, p < 0.001) over 6 seeds")
    #expect(try self.verdict(candidate, baseline).finding == .better)
    #expect(try self.verdict(candidate, baseline, margin: 0.0002).finding == .better)
  }

  @Test func divergence() throws {
    let some = try verdict([0.5, .nan, 0.7, .infinity, 0.6], [0.4, 0.5, 0.5, 0.5, 0.5])
    #expect(some.finding == .diverged)
    #expect(
      some.sentence()
        == "TanhExp diverged in 2 of 5 runs, ReLU in none of 5; over the 3 seeds where neither did: "
        + "difference +0.13 ± 0.14, p = 0.25")
    #expect(
      try verdict([1, 2], [.nan, .nan]).sentence()
        == "ReLU diverged in 2 of 2 runs, TanhExp in none of 2; nothing is left to compare")
  }

  @Test func severalComparisonsAreAdjusted() throws {
    var draws = NormalDraws(8)
    let noise = draws.take(8)
    func arm(_ name: String, _ shift: Double, _ draws: inout NormalDraws) -> ArmOutcomes {
      let values = draws.take(8).enumerated().map { ($0, noise[$0] + shift + 0.1 * $1) }
      return ArmOutcomes(name, values: Dictionary(uniqueKeysWithValues: values))
    }
    let arms = [arm("base", 0, &draws), arm("up", 1, &draws), arm("same", 0, &draws), arm("down", -1, &draws)]
    let table = try ComparisonTable(arms, family: .against(baseline: "base"), options: .init(resamples: 100))
    #expect(table.comparisons.map(\.verdict.finding) == [.better, .notDistinguishable, .worse])
    #expect(table.comparisons[0].comparison.test?.p == 2.0 / 256)
    #expect(table.comparisons[0].adjustedP == 6.0 / 256)
    #expect(table.comparisons[0].verdict.sentence().hasSuffix("p = 0.023 adjusted for 3 comparisons over 8 seeds"))
    // Six seeds that all agree are enough for one comparison, but not for three.
    let fewer = arms.map { ArmOutcomes($0.name, values: $0.values.filter { $0.key < 6 }) }
    let short = try ComparisonTable(fewer, family: .against(baseline: "base"), options: .init(resamples: 100))
    let verdict = short.comparisons[0].verdict
    #expect(verdict.finding == .tooFewSeeds)
    #expect(verdict.requiredSeeds?.fewest == 7)
    #expect(verdict.sentence().contains("can fall below p = 0.031 before its adjustment for 3 comparisons"))
    #expect(verdict.sentence().hasSuffix("at least 1 more seed would be needed"))
  }

  @Test func armsWithoutCommonSeeds() throws {
    func arm(_ name: String, _ seeds: Range<Int>, _ value: (Int) -> Double) -> ArmOutcomes {
      ArmOutcomes(name, values: Dictionary(uniqueKeysWithValues: seeds.map { ($0, value($0)) }))
    }
    let arms = [arm("old", 0..<5) { Double($0) }, arm("new", 10..<16) { Double($0) }]
    let verdict = try ComparisonTable(arms, family: .allPairs, options: .init(resamples: 100)).comparisons[0].verdict
    #expect(
      verdict.sentence() == "new is better than old: difference +10.5 ± 2.4, p = 0.0043 over 6 and 5 unpaired runs")
    let close = [arm("old", 0..<2) { Double($0) }, arm("new", 10..<12) { Double($0) }]
    let few = try ComparisonTable(close, family: .allPairs, options: .init(resamples: 100)).comparisons[0].verdict
    #expect(few.finding == .tooFewSeeds)
    #expect(few.sentence().hasSuffix("at least 2 more seeds in each arm would be needed"))
  }

  @Test func seedsLeftOutAreTold() throws {
    let arms = [
      ArmOutcomes("old", values: [0: 1, 1: 5, 2: 3, 7: 4]), ArmOutcomes("new", values: [0: 2, 1: 4, 2: 3.5]),
    ]
    let row = try ComparisonTable(arms, family: .allPairs, options: .init(resamples: 100)).comparisons[0]
    #expect(row.comparison.unpairedRuns == 1)
    #expect(row.verdict.sentence().contains("with these 3 common seeds"))
  }

  @Test func numbersAsPeopleReadThem() {
    #expect(ValueStyle.percent.difference(0.0005, plusMinus: 0.0012) == "+0.05 ± 0.12 percentage points")
    #expect(ValueStyle.plain.difference(-0.00001, plusMinus: 0.34) == "0.00 ± 0.34")
    #expect(ValueStyle.plain.difference(1234.6, plusMinus: 250) == "+1235 ± 250")
    #expect(ValueStyle.plain.difference(0) == "0")
    #expect(ValueStyle.plain.difference(3e-12, plusMinus: 1e-12) == "+3e-12 ± 1e-12")
    #expect(ValueStyle.seconds.value(41.23, uncertainty: 2) == "41.2 s")
    #expect(ValueStyle.plain.value(.nan) == "NaN")
    #expect(ValueStyle.plain.value(-.infinity) == "−∞")
    #expect(PText.equation(0.0004) == "p < 0.001")
    #expect(PText.equation(0.4375) == "p = 0.44")
    #expect(PText.equation(0.002) == "p = 0.0020")
    #expect(PText.equation(1) == "p = 1")
    #expect([3, 37, 40, 104, 1234, 999_999].map(Verdict.rounded) == [3, 40, 40, 110, 1300, 1_000_000])
  }

  @Test func errorsSayWhatToDo() {
    let errors: [StatisticsError] = [
      .empty(what: "runs"), .unequalLengths(candidate: 1, baseline: 2), .notFinite(what: "values", count: 1),
      .tooFewValues(what: "values", needed: 2, found: 1), .outOfRange(option: "alpha", value: 2, allowed: "below 1"),
      .duplicateArm("ReLU"), .unknownBaseline("x", arms: ["ReLU", "Mish"]),
    ]
    for error in errors { #expect(error.description.hasSuffix(".")) }
    #expect(errors[6].description == "There is no arm 'x' to compare with. The arms are: ReLU, Mish.")
    #expect(errors[4].description == "alpha is 2.0, but must be below 1.")
  }
}
