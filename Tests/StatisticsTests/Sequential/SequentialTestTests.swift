import TestSupport
import Testing

@testable import Statistics

@Suite(.tags(.unit)) struct SequentialTestTests {
  @Test func agreesWithBruteForce() throws {
    for row in try SequentialFixtures.read().looks {
      let design = try SequentialDesign(maximum: row.maximum, first: row.first)
      for (sign, expected) in [(1.0, row.above), (-1.0, row.below)] {
        var looks = SignFlipLooks(design)
        for (index, difference) in row.differences.enumerated() {
          looks.append(sign * difference)
          #expect(isClose(looks.p, expected[index]), "\(row.name), \(index + 1) seeds, sign \(sign)")
        }
      }
      let test = try SignificanceTest.sequentialSignFlip(row.differences, design: design)
      let ends = [row.above, row.below].map { $0.last ?? 1 }
      #expect(isClose(test.p, min(1, 2 * min(ends[0], ends[1]))), "\(row.name)")
      #expect(test.shift == (ends[0] < ends[1] ? 1 : -1), "\(row.name)")
      #expect(test.method == .exact)
    }
  }

  /// With one look, at the end, the test is the ordinary one.
  @Test func aSingleLookIsTheSignFlipTest() throws {
    var draws = NormalDraws(31)
    for count in 2...13 {
      for kind in [SimulatedDifferences.normal, .discrete] {
        let values = kind.take(count, effect: 0.6, from: &draws)
        let single = try SignificanceTest.sequentialSignFlip(
          values, design: SequentialDesign(maximum: count, first: count))
        let fixed = try SignificanceTest.signFlip(values)
        #expect(isClose(single.p, fixed.p), "\(values)")
        if single.p < 1 { #expect(single.shift == fixed.shift) }
      }
    }
    // Beyond 13 differences, a part of the paths stands for all of them.
    let values = draws.take(24, mean: 0.4)
    let part = try SignificanceTest.sequentialSignFlip(values, design: SequentialDesign(maximum: 24, first: 24))
    #expect(isClose(part.p, try SignificanceTest.signFlip(values).p, 0.006))
  }

  /// Over all sign paths, for whatever magnitudes, the share that is ever rejected is at most alpha, at each alpha.
  @Test(arguments: SimulatedDifferences.allCases)
  func noMagnitudesExceedAlpha(_ kind: SimulatedDifferences) throws {
    var draws = NormalDraws(32)
    for maximum in [6, 8] {
      for first in [1, 5] {
        let magnitudes = kind.take(maximum, effect: 0.3, from: &draws).map(\.magnitude)
        let design = try SequentialDesign(maximum: maximum, first: first)
        let p = (0..<1 << maximum).map { path in
          var looks = SignFlipLooks(design)
          for (index, magnitude) in magnitudes.enumerated() {
            looks.append(path >> index & 1 == 1 ? magnitude : -magnitude)
          }
          return looks.p
        }
        for alpha in Set(p) where alpha < 1 {
          let share = Double(p.count { $0 <= alpha }) / Double(p.count)
          #expect(share <= alpha * (1 + 1e-12), "\(kind), at most \(maximum), alpha \(alpha): \(share)")
        }
        // Distinct sums leave nothing of alpha unspent.
        if kind == .normal { #expect(p.contains { $0 <= 0.05 }) }
      }
    }
  }

  @Test func theCodeHasTheStrengthThatIsClaimed() {
    let code = SignFlipLooks.Code.standard
    var columns = [1]
    while columns.count < 51 { columns.append(code.next(columns[columns.count - 1])) }
    // An odd number of places each, so no odd number of columns sums to zero; nor do two or four.
    #expect(columns.allSatisfy { $0.nonzeroBitCount % 2 == 1 })
    #expect(Set(columns).count == 51)
    var pairs: Set<Int> = []
    for (index, one) in columns.enumerated() {
      for other in columns[..<index] { #expect(pairs.insert(one ^ other).inserted) }
    }
    #expect(columns[..<13].map(\.self) == (0..<13).map { 1 << $0 })
  }

  @Test func pNeverRisesAndDoesNotDependOnScaleOrSide() throws {
    var draws = NormalDraws(33)
    let values = SimulatedDifferences.discrete.take(16, effect: 0.5, from: &draws)
    let design = try SequentialDesign(maximum: 20, first: 4)
    var last = 1.0
    for count in 1...16 {
      let some = Array(values[..<count])
      let test = try SignificanceTest.sequentialSignFlip(some, design: design)
      #expect(test.p <= last)
      last = test.p
      #expect(test.p >= design.minimumP(seeds: count) * (1 - 1e-12))
      #expect(try SignificanceTest.sequentialSignFlip(some.map { $0 * 1e-9 }, design: design).p == test.p)
      let mirrored = try SignificanceTest.sequentialSignFlip(some.map { -$0 }, design: design)
      #expect(mirrored.p == test.p && mirrored.shift == -test.shift)
    }
    #expect(try SignificanceTest.sequentialSignFlip([0, 0, 0], design: design).p == 1)
  }

  @Test func theFirstLookIsTheFirstThatCanDecide() throws {
    #expect(try SequentialDesign(maximum: 40, first: nil, alpha: 0.05, comparisons: 1).first == 8)
    #expect(try SequentialDesign(maximum: 40, first: nil, alpha: 0.05, comparisons: 4).first == 10)
    #expect(try SequentialDesign(maximum: 40, first: 12, alpha: 0.05, comparisons: 1).first == 12)
    #expect(try SequentialDesign(maximum: 6, first: nil, alpha: 0.05, comparisons: 1).first == 6)
    let design = try SequentialDesign(maximum: 40, first: 8)
    let agreeing = [Double](repeating: 1, count: 8)
    #expect(try SignificanceTest.sequentialSignFlip(agreeing, design: design).p == design.minimumP(seeds: 8))
    #expect(design.minimumP(seeds: 8) <= 0.05 && design.minimumP(seeds: 7) == 1)
    #expect(design.looks(seeds: 7) == 0 && design.looks(seeds: 8) == 1 && design.looks(seeds: 40) == 33)
  }

  @Test func badDesignsAreErrors() throws {
    func expect(_ text: String, _ body: () throws -> Void) {
      let error = #expect(throws: StatisticsError.self) { try body() }
      #expect(error?.description == text)
    }
    expect("maximum is 1.0, but must be from 2 to 1000.") { _ = try SequentialDesign(maximum: 1) }
    expect("maximum is 1001.0, but must be from 2 to 1000.") { _ = try SequentialDesign(maximum: 1001) }
    expect("first is 11.0, but must be from 1 to the maximum, 10.") {
      _ = try SequentialDesign(maximum: 10, first: 11)
    }
    expect("maximum is 5.0, but must be 6 or more to decide a comparison at 0.05.") {
      _ = try SequentialDesign(maximum: 5, first: nil, alpha: 0.05, comparisons: 1)
    }
    expect("maximum is 6.0, but must be 7 or more to decide one of 3 comparisons at 0.05.") {
      _ = try SequentialDesign(maximum: 6, first: nil, alpha: 0.05, comparisons: 3)
    }
    let design = try SequentialDesign(maximum: 3)
    expect("the number of differences is 4.0, but must be at most the design's maximum, 3.") {
      _ = try SignificanceTest.sequentialSignFlip([1, 2, 3, 4], design: design)
    }
    expect("There are no differences. Give at least one.") { _ = try design.interval(of: []) }
    expect("margin is 0.0, but must be a positive number.") { _ = try design.equivalenceP(of: [1], margin: 0) }
    expect("1 of the differences is not finite, or larger than 1e150. Separate diverged runs with Outcomes first.") {
      _ = try design.interval(of: [1, .nan])
    }
  }

  /// The tests that weren't chosen are compared fairly only if they are right.
  @Test func theRivalsAgreeWithVille() throws {
    let fixtures = try SequentialFixtures.read()
    let signs = fixtures.signs.wins.map { $0 == 1 ? 1.0 : -1.0 }
    for (value, expected) in zip(SequentialRivals.signs(signs), fixtures.signs.logE) {
      #expect(isClose(value, expected, 1e-10))
    }
    for row in fixtures.normalMixture {
      for (value, expected) in zip(SequentialRivals.normalMixture(signs, variance: row.variance), row.logE) {
        #expect(isClose(value, expected, 1e-10))
      }
    }
  }

  @Test func binomialIntervalsAgreeWithSciPy() throws {
    for row in try SequentialFixtures.read().binomial {
      let rate = try SelfComparison.Rate(row.count, of: row.total)
      #expect(isClose(rate.interval, row.interval, 1e-10), "\(row.count) of \(row.total)")
    }
    #expect(throws: StatisticsError.self) { try SelfComparison.Rate(3, of: 2) }
  }

  @Test func equalRunsAreComparedInDisjointPairs() throws {
    var draws = NormalDraws(44)
    let values = draws.take(40 * 16 + 3)
    let found = try SelfComparison(values, seeds: 8)
    #expect(found.fixed.total == 40 && found.first == 6 && found.diverged == 0)
    #expect(found.fixed.count < 8 && found.sequential.count < 8 && found.peeking.count >= found.fixed.count)
    // A trend over the seeds cancels on average, since pairs are neighbours; a shift of every second run does not.
    let shifted = values.enumerated().map { $1 + ($0 % 2 == 0 ? 4 : 0) }
    #expect(try SelfComparison(shifted, seeds: 8).sequential.count == 40)
    var some = values
    some[5] = .nan
    #expect(try SelfComparison(some, seeds: 8).diverged == 1)
    #expect(throws: StatisticsError.self) { try SelfComparison(Array(values[..<15]), seeds: 8) }
    #expect(throws: StatisticsError.self) { try SelfComparison(values, seeds: 5) }
  }
}
