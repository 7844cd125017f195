import Foundation
import TestSupport
import Testing

@testable import Statistics

/// Expected best scores against number of trials.
@Suite(.tags(.unit)) struct BudgetTests {
  private static let scores = [0.91, 0.97, 0.95, 0.40, 0.95, 0.88, 0.93]

  /// The mean of the best over all subsets of a size.
  private func enumerated(_ scores: [Double], _ size: Int, _ best: ([Double]) -> Double?) -> Double {
    let subsets = (0..<1 << scores.count).filter { $0.nonzeroBitCount == size }
    let bests = subsets.compactMap { subset in best(scores.indices.filter { subset >> $0 & 1 == 1 }.map { scores[$0] })
    }
    return bests.reduce(0, +) / Double(bests.count)
  }

  @Test func expectationsAreThoseOfAllSubsets() throws {
    let high = try BudgetCurve(Self.scores, higherIsBetter: true)
    let low = try BudgetCurve(Self.scores, higherIsBetter: false)
    #expect(high.points.map(\.trials) == Array(1...7))
    for size in 1...7 {
      #expect(abs(high.points[size - 1].expected - enumerated(Self.scores, size) { $0.max() }) < 1e-12)
      #expect(abs(low.points[size - 1].expected - enumerated(Self.scores, size) { $0.min() }) < 1e-12)
    }
    #expect(high.bestSoFar == [0.91, 0.97, 0.97, 0.97, 0.97, 0.97, 0.97])
    #expect(low.bestSoFar == [0.91, 0.91, 0.91, 0.40, 0.40, 0.40, 0.40])
  }

  @Test func intervalsContainTheCurveAndRepeat() throws {
    let curve = try BudgetCurve(Self.scores, higherIsBetter: true, seed: 5)
    #expect(try #require(curve.points[0].interval).contains(curve.points[0].expected))
    #expect(try BudgetCurve(Self.scores, higherIsBetter: true, seed: 5) == curve)
    #expect(try BudgetCurve([0.5], higherIsBetter: true).points.map(\.interval) == [nil])
    // Beyond a quarter of the trials there is none.
    for (count, limit) in [(1, 0), (2, 1), (7, 1), (8, 2), (20, 5), (21, 5)] {
      let scores = (0..<count).map { Double($0 * $0 % 7) }
      let points = try BudgetCurve(scores, higherIsBetter: true).points
      #expect(points.prefix { $0.interval != nil }.count == limit && BudgetCurve.intervalLimit(trials: count) == limit)
      #expect(points.dropFirst(limit).allSatisfy { $0.interval == nil })
      let comparison = try BudgetComparison(
        candidate: scores + [3, 4, 5, 6, 7, 8, 9, 10], baseline: scores, higherIsBetter: true)
      #expect(comparison.points.prefix { $0.interval != nil }.count == limit)
    }
  }

  /// The jackknife's standard error of a mean is the usual one, and that of the best of two is that of its definition.
  @Test func theJackknifeIsThatOfItsDefinition() throws {
    let scores = [0.91, 0.97, 0.95, 0.40, 0.95, 0.88, 0.93, 0.5]
    // So few resamples leave the jackknife as the wider of the two at least on one side.
    let curve = try BudgetCurve(scores, higherIsBetter: true, resamples: 100)
    for size in [1, 2] {
      let left = scores.indices.map { leftOut in
        enumerated(scores.indices.filter { $0 != leftOut }.map { scores[$0] }, size) { $0.max() }
      }
      let mean = left.reduce(0, +) / 8
      let error = (left.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } * 7 / 8).squareRoot()
      let margin = try StudentT(degreesOfFreedom: 7).quantile(0.975) * error
      let point = curve.points[size - 1]
      let interval = try #require(point.interval)
      #expect(interval.lower <= point.expected - margin + 1e-12 && interval.upper >= point.expected + margin - 1e-12)
      let isAtAnEnd =
        abs(interval.lower - (point.expected - margin)) < 1e-12
        || abs(interval.upper - (point.expected + margin)) < 1e-12
      #expect(isAtAnEnd, "\(interval) \(point.expected) \(margin)")
    }
  }

  /// Scores whose expected maximum is known, of one trial and of five.
  enum Scores: CaseIterable {
    /// Symmetric; Harter, 1961.
    case normal
    /// Most are near the best there is, as with a few unimportant settings: minus an exponential variable.
    case skewed
    /// Two trials in five fail, the others are spread evenly from a half to 1.
    case failing

    func draw(_ draws: inout NormalDraws, _ count: Int) -> [Double] {
      switch self {
      case .normal: draws.take(count)
      // The sum of two squares is exponential with mean 2.
      case .skewed: zip(draws.take(count), draws.take(count)).map { -($0 * $0 + $1 * $1) / 2 }
      case .failing:
        zip(draws.take(count), draws.take(count)).map { one, other in
          let (first, second) = (0.5 * erfc(-one / 2.0.squareRoot()), 0.5 * erfc(-other / 2.0.squareRoot()))
          return first < 0.4 ? 0 : 0.5 + 0.5 * second
        }
      }
    }

    var expected: (one: Double, five: Double) {
      switch self {
      case .normal: (0, 1.16296)
      case .skewed: (-1, -1 / 5.0)
      case .failing: (0.45, 1 - 0.5 * pow(0.4, 5) - (1 - pow(0.4, 6)) / 7.2)
      }
    }
  }

  /// What the documentation says of the intervals, roughly.
  @Test(arguments: Scores.allCases) func intervalsOfACurveCover(_ scores: Scores) throws {
    var draws = NormalDraws(3)
    var covered = [0.0, 0]
    for search in 0..<200 {
      let curve = try BudgetCurve(scores.draw(&draws, 20), higherIsBetter: true, resamples: 100, seed: UInt64(search))
      if try #require(curve.points[0].interval).contains(scores.expected.one) { covered[0] += 1 / 200.0 }
      if try #require(curve.points[4].interval).contains(scores.expected.five) { covered[1] += 1 / 200.0 }
    }
    // The bootstrap alone covers five normal trials in 82 % of searches, the jackknife alone five failing ones in 76 %.
    #expect(covered.allSatisfy { $0 > 0.86 }, "\(covered)")
    #expect(covered.allSatisfy { $0 < 0.995 }, "\(covered)")
  }

  /// Arms that are alike are rarely told apart.
  @Test func intervalsOfADifferenceCover() throws {
    var draws = NormalDraws(4)
    var covered = [Double](repeating: 0, count: 5)
    for search in 0..<200 {
      let comparison = try BudgetComparison(
        candidate: draws.take(20), baseline: draws.take(20), higherIsBetter: true, resamples: 100, seed: UInt64(search))
      for place in 0..<5 where try #require(comparison.points[place].interval).contains(0) {
        covered[place] += 1 / 200.0
      }
    }
    #expect(covered.allSatisfy { $0 > 0.9 }, "\(covered)")
  }

  @Test func divergedTrialsAreTheWorst() throws {
    let curve = try BudgetCurve([0.9, .nan, 0.5, .infinity], higherIsBetter: true)
    #expect(curve.diverged == 2)
    #expect(curve.points == (try BudgetCurve([0.9, 0.5, 0.5, 0.5], higherIsBetter: true)).points)
    let shared = try BudgetCurve([0.9, .nan], higherIsBetter: true, worst: 0.1)
    #expect(shared.points[0].expected == 0.5)
    #expect(throws: StatisticsError.self) { try BudgetCurve([.nan], higherIsBetter: true) }
    #expect(throws: StatisticsError.self) { try BudgetCurve([], higherIsBetter: true) }
    #expect(throws: StatisticsError.self) { try BudgetCurve([1, 2], higherIsBetter: true, alpha: 2) }
  }

  /// A safe arm leads with few trials, one with a rare better setting with many.
  @Test func curvesCross() throws {
    let safe = [0.90, 0.901, 0.899, 0.902, 0.9, 0.901, 0.898, 0.9, 0.9, 0.901]
    let risky = [0.10, 0.2, 0.96, 0.15, 0.88, 0.3, 0.1, 0.2, 0.94, 0.1]
    let comparison = try BudgetComparison(candidate: risky, baseline: safe, higherIsBetter: true)
    let (one, other) = try (
      BudgetCurve(risky, higherIsBetter: true), BudgetCurve(safe, higherIsBetter: true)
    )
    for (point, pair) in zip(comparison.points, zip(one.points, other.points)) {
      #expect(abs(point.difference - (pair.0.expected - pair.1.expected)) < 1e-12)
    }
    #expect(comparison.crossings.count == 1)
    let crossing = try #require(comparison.crossings.first)
    #expect(comparison.points[crossing - 1].difference > 0)
    #expect(comparison.points[crossing - 2].difference < 0)
    let first = try #require(comparison.points[0].interval)
    #expect(first.upper < 0)
    #expect(comparison.points.dropFirst(2).allSatisfy { $0.interval == nil })
    #expect(try BudgetComparison(candidate: safe, baseline: safe, higherIsBetter: true).crossings.isEmpty)
    // Arms of unequal budgets are compared as far as both go.
    #expect(
      try BudgetComparison(candidate: safe, baseline: [0.5, 0.6], higherIsBetter: true).points.count == 2)
  }
}

/// Rank correlations and shares of variance.
@Suite(.tags(.unit)) struct SensitivityTests {
  /// Points of a lattice, whose coordinates are even and nearly independent.
  private func points(_ count: Int, _ dimensions: Int) -> [[Double]] {
    let steps = [0.8191725133961645, 0.6710436067037893, 0.5497004779019703]
    return (0..<count).map { trial in
      (0..<dimensions).map { (0.5 + Double(trial) * steps[$0]).truncatingRemainder(dividingBy: 1) }
    }
  }

  /// f = 2x + y has the main effects 4/5 and 1/5.
  @Test func sharesOfALinearFunction() throws {
    let points = points(150, 3)
    let result = try Sensitivities(points: points, scores: points.map { 2 * $0[0] + $0[1] }, ranks: false)
    #expect(distance(result.settings.map(\.share), [0.8, 0.2, 0]) < 0.04, "\(result)")
    #expect(result.predicted > 0.95)
    #expect(result.interactions < 0.05)
    #expect(result.settings[0].rankCorrelation.map { $0 > 0.8 } == true)
    #expect(result.settings[2].rankCorrelation.map { abs($0) < 0.1 } == true)
  }

  /// f = (2x − 1)² + y: variances of 4/45 and 1/12. A rank correlation doesn't see that x matters.
  @Test func sharesOfAParabola() throws {
    let points = points(200, 3)
    let scores = points.map { (2 * $0[0] - 1) * (2 * $0[0] - 1) + $0[1] }
    let result = try Sensitivities(points: points, scores: scores, ranks: false)
    #expect(distance(result.settings.map(\.share), [16 / 31.0, 15 / 31.0, 0]) < 0.06, "\(result)")
    #expect(result.settings[0].rankCorrelation.map { abs($0) < 0.1 } == true)
  }

  /// A tree of one cut is exact: f = 1 in a quarter of the square has main effects of 1/3 each, and as much together.
  @Test func sharesOfACorner() throws {
    let points = points(200, 2)
    let result = try Sensitivities(
      points: points, scores: points.map { $0[0] > 0.5 && $0[1] > 0.5 ? 1 : 0 }, ranks: false)
    #expect(distance(result.settings.map(\.share), [1 / 3.0, 1 / 3.0]) < 0.03, "\(result)")
  }

  @Test func ranksSeeThroughAnyScale() throws {
    let points = points(60, 2)
    let scores = points.map { $0[0] + 0.3 * $0[1] }
    let plain = try Sensitivities(points: points, scores: scores)
    #expect(try Sensitivities(points: points, scores: scores.map { exp(40 * $0) }) == plain)
    // Loss for score: the correlations turn, the shares stay.
    let turned = try Sensitivities(points: points, scores: scores.map { -$0 }, higherIsBetter: false)
    #expect(distance(turned.settings.map(\.share), plain.settings.map(\.share)) < 1e-3)
    #expect(turned.settings.map { -($0.rankCorrelation ?? 0) } == plain.settings.map { $0.rankCorrelation ?? 0 })
  }

  @Test func noiseIsNotPredicted() throws {
    var draws = NormalDraws(8)
    let result = try Sensitivities(points: points(40, 3), scores: draws.take(40))
    #expect(result.predicted < 0.2, "\(result)")
  }

  @Test func divergedTrialsRankLast() throws {
    let points = points(30, 2)
    let scores = points.map { $0[0] > 0.7 ? Double.nan : 1 - $0[0] }
    let result = try Sensitivities(points: points, scores: scores, isOrdered: [true, false])
    #expect(result.settings[0].rankCorrelation.map { $0 < -0.95 } == true)
    #expect(result.settings[0].share > 0.8)
    #expect(result.settings[1].rankCorrelation == nil)
    let losses = try Sensitivities(
      points: points, scores: scores.map { -$0 }, higherIsBetter: false, isOrdered: [true, false])
    #expect(losses.settings[0].rankCorrelation.map { $0 > 0.95 } == true)
  }

  @Test func mistakesAreReported() throws {
    #expect(throws: StatisticsError.tooFewValues(what: "trials", needed: 8, found: 7)) {
      try Sensitivities(points: points(7, 2), scores: [1, 2, 3, 4, 5, 6, 7])
    }
    #expect(throws: StatisticsError.self) { try Sensitivities(points: points(9, 2), scores: [1, 2]) }
    #expect(throws: StatisticsError.self) {
      try Sensitivities(points: points(9, 2), scores: [Double](repeating: .nan, count: 9))
    }
    // Nothing differs: nothing is explained.
    let flat = try Sensitivities(points: points(9, 2), scores: [Double](repeating: 1, count: 9))
    #expect(flat.settings.map(\.share) == [0, 0] && flat.predicted == 0 && flat.interactions == 0)
    #expect(flat.settings.map(\.rankCorrelation) == [nil, nil])
  }
}
