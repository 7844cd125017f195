import Foundation

/// How much a search's score depends on each setting.
///
/// Two measures complement each other. The rank correlation says in which direction a setting moves the score. It is 0
/// for a setting with its best value in the middle, and so the second one is the share of the score's variance that the
/// setting explains by itself: its main effect, in the functional analysis of variance of a regression forest (Hutter et
/// al. 2014, "An Efficient Approach for Assessing Hyperparameter Importance",
/// <https://proceedings.mlr.press/v32/hutter14.html>).
///
/// ```swift
/// let points = (0..<40).map { [Double($0) / 40, Double($0 * 17 % 40) / 40] }
/// let sensitivities = try Sensitivities(points: points, scores: points.map { $0[0] })
/// print(sensitivities.settings.map(\.share))  // almost 1, almost 0
/// ```
public struct Sensitivities: Sendable, Equatable, Encodable {
  public struct Setting: Sendable, Equatable, Encodable {
    /// Spearman's rank correlation with the score, from −1 to 1; nil for a setting without an order, and where all values or
    /// scores are equal.
    public let rankCorrelation: Double?
    /// The part of the forest's variance that this setting explains by itself: 0 to 1.
    public let share: Double
  }

  /// One per coordinate of the points.
  public let settings: [Setting]
  /// The part of the forest's variance that only settings together explain: 0 to 1.
  public let interactions: Double
  /// The part of the scores' variance that the forest predicts for trials it hasn't seen; at most 1. At 0 or below, the
  /// shares describe noise.
  public let predicted: Double

  /// The fewest trials that shares are computed from.
  public static let fewestTrials = 8

  /// - Parameters:
  ///   - points: a coordinate from 0 to 1 per trial and setting.
  ///   - scores: one per trial. Infinite or NaN ones are diverged trials, which count as the worst.
  ///   - higherIsBetter: the direction, which matters for diverged trials alone.
  ///   - isOrdered: whether a setting's values have an order; nil if all have.
  ///   - ranks: whether the forest sees the scores' ranks. A few trials that nearly diverged have most of the variance of
  ///     the scores themselves.
  ///   - seed: equal seeds give equal shares.
  /// - Throws: ``StatisticsError`` for fewer than ``fewestTrials`` trials, none that is finite, or lists of unequal lengths.
  public init(
    points: [[Double]], scores: [Double], higherIsBetter: Bool = true, isOrdered: [Bool]? = nil, ranks: Bool = true,
    seed: UInt64 = 0
  ) throws(StatisticsError) {
    if points.isEmpty || scores.isEmpty { throw .empty(what: "trials") }
    guard points.count == scores.count else {
      throw .unequalLengths(candidate: points.count, baseline: scores.count)
    }
    if points.count < Self.fewestTrials {
      throw .tooFewValues(what: "trials", needed: Self.fewestTrials, found: points.count)
    }
    for point in points where point.count != points[0].count {
      throw .unequalLengths(candidate: point.count, baseline: points[0].count)
    }
    let finite = scores.filter(\.isFinite)
    if finite.isEmpty { throw .empty(what: "trials with a finite score") }
    let worst = (higherIsBetter ? finite.min() : finite.max()) ?? .nan
    // Divergence ranks behind every score.
    let order = Self.ranks(scores.map { $0.isFinite ? $0 : higherIsBetter ? -.infinity : .infinity })
    let forest = RegressionForest(
      points: points, values: ranks ? order : scores.map { $0.isFinite ? $0 : worst }, seed: seed)
    settings = points[0].indices.map { setting in
      let values = points.map { $0[setting] }
      let hasOrder = isOrdered.map { setting < $0.count && $0[setting] } ?? true
      return Setting(
        rankCorrelation: hasOrder ? Self.correlation(Self.ranks(values), order) : nil,
        share: forest.mainEffects[setting])
    }
    interactions = Swift.max(0, forest.mainEffects.contains { $0 > 0 } ? 1 - forest.mainEffects.reduce(0, +) : 0)
    predicted = forest.predicted
  }

  /// Ranks from 1; equal values share the mean of theirs.
  private static func ranks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    var begin = 0
    while begin < order.count {
      var end = begin
      while end + 1 < order.count, values[order[end + 1]] == values[order[begin]] { end += 1 }
      for place in begin...end { ranks[order[place]] = Double(begin + end) / 2 + 1 }
      begin = end + 1
    }
    return ranks
  }

  private static func correlation(_ one: [Double], _ other: [Double]) -> Double? {
    let (first, second) = (Moments(one), Moments(other))
    guard first.standardDeviation > 0, second.standardDeviation > 0 else { return nil }
    let product = zip(one, other).reduce(0) { $0 + ($1.0 - first.mean) * ($1.1 - second.mean) }
    return product / (Double(one.count - 1) * first.standardDeviation * second.standardDeviation)
  }
}
