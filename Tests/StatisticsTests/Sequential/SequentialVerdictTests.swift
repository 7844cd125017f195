import TestSupport
import Testing

@testable import Statistics

@Suite(.tags(.unit)) struct SequentialVerdictTests {
  private func verdict(
    _ differences: [Double], first: Int = 8, maximum: Int = 40, margin: Double? = nil, better: BetterDirection = .higher
  ) throws -> Verdict {
    let options = try ComparisonOptions(
      better: better, margin: margin, sequential: SequentialDesign(maximum: maximum, first: first))
    let pairs = try PairedOutcomes(
      candidate: differences.map { 0.9 + $0 }, baseline: differences.map { _ in 0.9 })
    return Verdict(
      try Comparison.paired(pairs, options: options), candidate: "Swish", baseline: "ReLU", options: options)
  }

  private let clear = [0.01, 0.012, 0.009, 0.011, 0.013, 0.008, 0.01, 0.012, 0.011]

  @Test func aDecidedComparisonSaysSo() throws {
    let better = try verdict(clear)
    #expect(better.finding == .better && better.isDecided && better.comparison.looks == 2)
    #expect(
      better.sentence(.percent)
        == "Swish is better than ReLU: difference +1.07 (+0.80 to +1.30) percentage points, p = 0.039 over 9 seeds "
        + "(sequential: 2 looks, at most 40 seeds)")
    #expect(try verdict(clear, better: .lower).finding == .worse)
    #expect(better.requiredSeeds == nil && better.moreSeeds == nil)
    #expect(better.comparison.bootstrap == nil)
    #expect(better.comparison.tests.map(\.kind) == [.sequentialSignFlip])
  }

  @Test func anOpenComparisonSaysHowFarItIs() throws {
    let mixed = [0.01, -0.012, 0.009, -0.011, 0.013, -0.008, 0.01, 0.002, -0.011, 0.004]
    let open = try verdict(mixed)
    #expect(open.finding == .notDistinguishable && !open.isDecided)
    let text = open.sentence(.percent)
    #expect(
      text.hasPrefix("Swish and ReLU are not yet distinguishable after 10 of at most 40 seeds, in 3 looks (difference"))
    let over = try verdict(mixed, first: 8, maximum: 10).sentence(.percent)
    #expect(
      over.hasPrefix(
        "Swish and ReLU are not distinguishable with these 10 seeds, the most that were planned, in 3 looks ("))
    let early = try verdict(Array(clear[..<5]))
    #expect(early.finding == .tooFewSeeds && !early.isDecided)
    #expect(
      early.sentence(.percent)
        == "too few seeds for any verdict on Swish and ReLU (difference +1.1 percentage points): "
        + "the first look is after 8 of at most 40 seeds")
  }

  @Test func equivalenceWithinTheMarginDecides() throws {
    let close = [0.001, -0.001, 0.0005, 0.001, -0.0012, 0.0003, -0.0004, 0.0008, -0.0009, 0.0002]
    let same = try verdict(close, margin: 0.005)
    #expect(same.finding == .equivalent && same.isDecided)
    #expect(same.sentence(.percent).hasPrefix("Swish and ReLU are equivalent within ±0.5 percentage points ("))
    #expect(same.sentence(.percent).hasSuffix(" over 10 seeds (sequential: 3 looks, at most 40 seeds)"))
    // The interval at confidence 1 − 2 alpha lies inside the margin, as for two one-sided tests.
    let design = try SequentialDesign(maximum: 40, first: 8)
    let interval = try #require(try design.interval(of: close, alpha: 0.1))
    #expect(interval.lower > -0.005 && interval.upper < 0.005)
    #expect(try verdict(close, margin: 0.0005).finding == .notDistinguishable)
  }

  @Test func theIntervalIsWhatTheTestHasNotRejected() throws {
    var draws = NormalDraws(41)
    let design = try SequentialDesign(maximum: 20, first: 8)
    for kind in [SimulatedDifferences.normal, .discrete, .heavyTailed] {
      let values = kind.take(13, effect: 1, from: &draws)
      let interval = try #require(try design.interval(of: values))
      let step = interval.width * 1e-4
      func p(at value: Double) throws -> Double {
        try SignificanceTest.sequentialSignFlip(values.map { $0 - value }, design: design).p
      }
      #expect(try p(at: interval.lower - step) <= 0.05 && p(at: interval.upper + step) <= 0.05, "\(kind)")
      #expect(try p(at: interval.lower + step) > 0.05 && p(at: interval.upper - step) > 0.05, "\(kind)")
    }
    #expect(try design.interval(of: [1, 2, 3, 4, 5, 6, 7]) == nil)
    #expect(try design.interval(of: Array(repeating: 2, count: 12)) == Interval(2, 2))
  }

  @Test func identicalAndDivergedArmsAreDecided() throws {
    let same = try verdict(Array(repeating: 0, count: 8))
    #expect(same.finding == .identical && same.isDecided)
    #expect(
      same.sentence() == "Swish and ReLU have the same value in all 8 seeds (sequential: 1 look, at most 40 seeds)")
    let diverged = try verdict(clear + [.nan])
    #expect(diverged.finding == .diverged && diverged.isDecided)
    #expect(diverged.sentence().hasPrefix("Swish diverged in 1 of 10 runs, ReLU in none of 10; over the 9 seeds"))
  }

  @Test func armsThatStoppedKeepTheirVerdict() throws {
    let baseline = ArmOutcomes("ReLU", values: Dictionary(uniqueKeysWithValues: (0..<16).map { ($0, 0.9) }))
    func arm(_ name: String, _ differences: [Double]) -> ArmOutcomes {
      ArmOutcomes(
        name, values: Dictionary(uniqueKeysWithValues: differences.enumerated().map { ($0, 0.9 + $1) }))
    }
    let options = try ComparisonOptions(sequential: SequentialDesign(maximum: 40, first: 9))
    let soon = arm("Swish", clear + [0.01])
    let slow = arm("Mish", (0..<16).map { $0 % 2 == 0 ? 0.01 : -0.009 })
    let table = try ComparisonTable([baseline, soon, slow], family: .against(baseline: "ReLU"), options: options)
    #expect(table.comparisons.map(\.verdict.finding) == [.better, .notDistinguishable])
    #expect(table.comparisons[0].comparison.usableSeeds == 10)
    #expect(table.comparisons[0].adjustedP == 2 * (table.comparisons[0].comparison.test?.p ?? 1))
    // Runs without common seeds are not compared at all.
    let apart = ArmOutcomes("Swish", values: [20: 0.9, 21: 0.91, 22: 0.92])
    let unpaired = try ComparisonTable([baseline, apart], family: .against(baseline: "ReLU"), options: options)
    #expect(unpaired.comparisons[0].verdict.finding == .tooFewSeeds)
    #expect(unpaired.comparisons[0].comparison.test == nil && unpaired.comparisons[0].comparison.interval == nil)
  }

  /// What a running study asks after each seed is what its report says in the end.
  @Test func looksAgreeWithTheReport() throws {
    var draws = NormalDraws(43)
    for margin in [nil, 1.5] {
      let options = try ComparisonOptions(
        margin: margin, sequential: SequentialDesign(maximum: 12, first: nil, alpha: 0.05, comparisons: 3),
        resamples: 100)
      for effect in [0.0, 1.5] {
        let names = ["a", "b", "c", "d"]
        var values = names.map { name in draws.take(12, mean: name == "b" ? effect : 0) }
        values[3] = effect == 0 ? values[0] : values[3]
        if effect == 0 { values[2][9] = .infinity }
        var looks = try SequentialComparisons(["b": "a", "c": "a", "d": "a"], options: options)
        for seed in 0..<12 {
          looks.append(Dictionary(uniqueKeysWithValues: zip(names, values.map { $0[seed] })))
          let arms = zip(names, values).map { name, values in
            ArmOutcomes(name, values: Dictionary(uniqueKeysWithValues: (0...seed).map { ($0, values[$0]) }))
          }
          guard seed + 1 >= 9 else { continue }
          let table = try ComparisonTable(arms, family: .against(baseline: "a"), options: options)
          let open = table.comparisons.filter { !$0.verdict.isDecided }.map(\.candidate)
          #expect(looks.undecided == Set(open), "seed \(seed), margin \(margin ?? 0), effect \(effect)")
        }
      }
    }
    let fixed = try ComparisonOptions()
    #expect(throws: StatisticsError.self) { try SequentialComparisons(["b": "a"], options: fixed) }
  }
}
