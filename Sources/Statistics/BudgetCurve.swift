import Foundation

/// The best score to expect of a search, for each number of trials that it could have had.
///
/// With `n` of the `B` trials, chosen at random, the best has the expectation Σ x₍ᵢ₎ C(i − 1, n − 1) / C(B, n), over the
/// scores in order: the curve of Dodge et al. 2019, "Show Your Work" (<https://arxiv.org/abs/1909.03004>), in the unbiased
/// form of Tang et al. 2020 (<https://arxiv.org/abs/2004.13705>).
///
/// ```swift
/// let curve = try BudgetCurve([0.91, 0.97, 0.95], higherIsBetter: true)
/// print(curve.points.map(\.expected))  // 0.943, 0.963 and 0.97
/// ```
///
/// It says what another search of the same kind would give if trials are independent, and evenly spread ones nearly so.
/// Trials of a sampler that learns depend on those before: their curve is ``bestSoFar``.
public struct BudgetCurve: Sendable, Equatable, Encodable {
  public struct Point: Sendable, Equatable, Encodable {
    public let trials: Int
    /// The expected best score.
    public let expected: Double
    /// The least interval that contains both the percentile interval of the bootstrap and Student's t interval with the
    /// jackknife's standard error. Nil for more than a quarter of the trials, and for a single trial in all.
    ///
    /// The bootstrap alone is too narrow above, since no resample exceeds the best trial; the jackknife alone fails where
    /// scores lie in clusters. Of 20 trials, one of 95 % covers the expectation of one trial in 92 to 97 % of searches
    /// and that of five in 89 to 97 %, for scores whose best values aren't rare; ``BudgetCurve`` has no interval where
    /// too few scores tell how good the best can be.
    public let interval: Interval?
  }

  /// One per number of trials, from 1.
  public let points: [Point]
  /// The best score of the first trials, in the order in which they were given.
  public let bestSoFar: [Double]
  /// How many trials diverged. They count as the worst score of those that didn't.
  public let diverged: Int

  /// The best of the first scores, for each number of them.
  public static func bestSoFar(_ scores: [Double], higherIsBetter: Bool) -> [Double] {
    var best: [Double] = []
    for score in scores {
      best.append(best.last.map { higherIsBetter ? Swift.max($0, score) : Swift.min($0, score) } ?? score)
    }
    return best
  }

  /// The most trials that have an interval, of so many in all.
  public static func intervalLimit(trials: Int) -> Int { trials < 2 ? 0 : Swift.max(trials / 4, 1) }

  /// - Parameters:
  ///   - scores: one per trial; infinite or NaN for one that diverged.
  ///   - worst: the score that stands for divergence; nil for the worst of the trials. Arms that are compared share one.
  ///   - seed: equal seeds give equal intervals.
  /// - Throws: ``StatisticsError`` if no trial has a finite score, for `alpha` outside 0 to 1, and for fewer than 100
  ///   resamples.
  public init(
    _ scores: [Double], higherIsBetter: Bool, worst: Double? = nil, alpha: Double = 0.05, resamples: Int = 2000,
    seed: UInt64 = 0
  ) throws(StatisticsError) {
    let replicates = try BudgetReplicates(
      scores, higherIsBetter: higherIsBetter, worst: worst, resamples: resamples, seed: seed)
    try Checks.openUnit(alpha, "alpha")
    diverged = replicates.diverged
    bestSoFar = Self.bestSoFar(replicates.scores, higherIsBetter: higherIsBetter)
    let intervals = try BudgetReplicates.intervals(
      of: replicates.expected, curves: replicates.curves, errors: replicates.errors, trials: scores.count, alpha: alpha)
    points = replicates.expected.enumerated().map { place, expected in
      Point(trials: place + 1, expected: expected, interval: intervals.indices.contains(place) ? intervals[place] : nil)
    }
  }
}

/// The difference of two arms' expected best scores, for each number of trials.
public struct BudgetComparison: Sendable, Equatable, Encodable {
  public struct Point: Sendable, Equatable, Encodable {
    public let trials: Int
    /// The candidate's expected best score minus the baseline's.
    public let difference: Double
    /// From the trials of both, as that of a curve; nil for more than a quarter of the trials of either.
    public let interval: Interval?
  }

  /// One per number of trials that both arms have, from 1.
  public let points: [Point]

  /// The numbers of trials with which the lead passes to the other arm: both expect the same just before.
  public var crossings: [Int] {
    var leads: [(trials: Int, isCandidate: Bool)] = []
    for point in points where point.difference != 0 { leads.append((point.trials, point.difference > 0)) }
    return zip(leads, leads.dropFirst()).filter { $0.isCandidate != $1.isCandidate }.map(\.1.trials)
  }

  /// - Parameters:
  ///   - candidate: one score per trial; infinite or NaN for one that diverged, which counts as the worst of both arms.
  ///   - baseline: the same of the other arm.
  /// - Throws: as ``BudgetCurve/init(_:higherIsBetter:worst:alpha:resamples:seed:)``.
  public init(
    candidate: [Double], baseline: [Double], higherIsBetter: Bool, alpha: Double = 0.05, resamples: Int = 2000,
    seed: UInt64 = 0
  ) throws(StatisticsError) {
    try Checks.openUnit(alpha, "alpha")
    let worst = BudgetReplicates.worst(candidate + baseline, higherIsBetter)
    let one = try BudgetReplicates(
      candidate, higherIsBetter: higherIsBetter, worst: worst, resamples: resamples, seed: seed)
    let other = try BudgetReplicates(
      baseline, higherIsBetter: higherIsBetter, worst: worst, resamples: resamples, seed: seed &+ 1)
    let differences = zip(one.expected, other.expected).map { $0 - $1 }
    let intervals = try BudgetReplicates.intervals(
      of: differences, curves: zip(one.curves, other.curves).map { zip($0, $1).map { $0 - $1 } },
      errors: zip(one.errors, other.errors).map { hypot($0, $1) }, trials: Swift.min(candidate.count, baseline.count),
      alpha: alpha)
    points = differences.enumerated().map { place, difference in
      Point(
        trials: place + 1, difference: difference, interval: intervals.indices.contains(place) ? intervals[place] : nil)
    }
  }
}

/// A search's curve, and how uncertain it is as far as it has intervals.
private struct BudgetReplicates {
  let scores: [Double]
  let diverged: Int
  let expected: [Double]
  /// Those of the bootstrap's resamples.
  let curves: [[Double]]
  /// The jackknife's standard errors.
  let errors: [Double]

  init(
    _ given: [Double], higherIsBetter: Bool, worst: Double?, resamples: Int, seed: UInt64
  ) throws(StatisticsError) {
    try Checks.resamples(resamples)
    let finite = given.filter(\.isFinite)
    if finite.isEmpty { throw .empty(what: "trials with a finite score") }
    try Checks.finite(finite, "scores")
    let worst = worst ?? Self.worst(given, higherIsBetter)
    scores = given.map { $0.isFinite ? $0 : worst }
    diverged = given.count - finite.count
    let (scores, count) = (scores, given.count)
    let limit = BudgetCurve.intervalLimit(trials: count)
    expected = Self.curve(scores, Self.weights(count, upTo: count), higherIsBetter)
    let weights = Self.weights(count, upTo: limit)
    var random = Philox(seed: seed, stream: .budgets)
    curves = (0..<(limit > 0 ? resamples : 0)).map { _ in
      Self.curve(scores.map { _ in scores[random.index(below: count)] }, weights, higherIsBetter)
    }
    errors = limit > 0 ? Self.errors(scores, Self.weights(count - 1, upTo: limit), higherIsBetter) : []
  }

  /// One for each number of trials that has one.
  /// - Parameters:
  ///   - values: what the intervals are of.
  ///   - curves: the same of each resample.
  ///   - errors: their standard errors.
  ///   - trials: of the arm that has fewer.
  static func intervals(
    of values: [Double], curves: [[Double]], errors: [Double], trials: Int, alpha: Double
  ) throws(StatisticsError) -> [Interval] {
    let limit = BudgetCurve.intervalLimit(trials: trials)
    guard limit > 0 else { return [] }
    let reach = try StudentT(degreesOfFreedom: Double(trials - 1)).quantile(1 - alpha / 2)
    return (0..<limit).map { place in
      let sorted = curves.map { $0[place] }.sorted()
      let low = Quantiles.at(alpha / 2, ofSorted: sorted)
      let high = Quantiles.at(1 - alpha / 2, ofSorted: sorted)
      let margin = reach * errors[place]
      return Interval(Swift.min(low, values[place] - margin), Swift.max(high, values[place] + margin))
    }
  }

  static func worst(_ scores: [Double], _ higherIsBetter: Bool) -> Double {
    let finite = scores.filter(\.isFinite)
    return (higherIsBetter ? finite.min() : finite.max()) ?? .nan
  }

  /// From the worst to the best.
  private static func ordered(_ scores: [Double], _ higherIsBetter: Bool) -> [Double] {
    higherIsBetter ? scores.sorted() : scores.sorted(by: >)
  }

  private static func curve(_ scores: [Double], _ weights: [[Double]], _ higherIsBetter: Bool) -> [Double] {
    let ordered = ordered(scores, higherIsBetter)
    return weights.enumerated().map { first, row in
      var sum = 0.0
      for place in first..<ordered.count { sum += row[place] * ordered[place] }
      return sum
    }
  }

  /// - Parameter weights: of one score less.
  private static func errors(_ scores: [Double], _ weights: [[Double]], _ higherIsBetter: Bool) -> [Double] {
    let ordered = ordered(scores, higherIsBetter)
    return weights.map { row in
      // Without one score, those above it take the place below theirs.
      var above = zip(row, ordered.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
      var below = 0.0
      var left: [Double] = []
      for place in ordered.indices {
        left.append(below + above)
        guard place < row.count else { break }
        above -= row[place] * ordered[place + 1]
        below += row[place] * ordered[place]
      }
      let mean = left.reduce(0, +) / Double(left.count)
      let squares = left.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return (squares * Double(left.count - 1) / Double(left.count)).squareRoot()
    }
  }

  /// Row n − 1 has, of each score from the worst to the best, the probability that it is the best of n.
  private static func weights(_ count: Int, upTo limit: Int) -> [[Double]] {
    guard limit > 0 else { return [] }
    return (1...limit).map { trials in
      var row = [Double](repeating: 0, count: count)
      row[count - 1] = Double(trials) / Double(count)
      // C(i − 2, n − 1) / C(i − 1, n − 1) = (i − n) / (i − 1).
      for rank in stride(from: count, to: trials, by: -1) {
        row[rank - 2] = row[rank - 1] * Double(rank - trials) / Double(rank - 1)
      }
      return row
    }
  }
}
