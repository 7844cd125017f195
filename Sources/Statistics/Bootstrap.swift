import Foundation

/// The variation of a statistic when its samples are resampled with replacement (Efron, 1979).
///
/// With fewer than about ten values both intervals are too narrow: prefer the t interval.
public struct Bootstrap: Sendable, Equatable, Encodable {
  /// The statistic of the samples themselves.
  public let estimate: Double
  /// The standard deviation of the statistic over the resamples.
  public let standardError: Double
  /// Between the quantiles alpha/2 and 1 − alpha/2 of the resamples.
  public let percentile: Interval
  /// Corrected for bias and skewness (BCa; Efron, "Better bootstrap confidence intervals", 1987). `nil` if the
  /// correction is undefined, such as when no resample is below the estimate.
  public let bca: Interval?
  public let resamples: Int

  /// - Parameters:
  ///   - samples: one or more, which are resampled independently. A single sample may hold paired differences.
  ///   - statistic: takes resamples of the same sizes.
  ///   - seed: equal seeds give equal intervals.
  /// - Throws: `StatisticsError` for no samples, a sample of fewer than two values or with values that are not finite,
  ///   `alpha` outside 0 to 1, fewer than 100 resamples, or a statistic that is not finite.
  public init(
    _ samples: [[Double]], alpha: Double = 0.05, resamples: Int = 10_000, seed: UInt64 = 0,
    statistic: ([[Double]]) -> Double
  ) throws(StatisticsError) {
    try Checks.openUnit(alpha, "alpha")
    try Checks.resamples(resamples)
    if samples.isEmpty { throw .empty(what: "samples") }
    for sample in samples {
      try Checks.finite(sample, "values")
      if sample.count < 2 { throw .tooFewValues(what: "values", needed: 2, found: sample.count) }
    }
    self.resamples = resamples
    estimate = statistic(samples)
    let replicates = Self.replicates(samples, resamples, seed, statistic).sorted()
    try Checks.finite([estimate] + replicates, "bootstrapped statistics")
    standardError = Moments(replicates).standardDeviation
    percentile = Interval(
      Quantiles.at(alpha / 2, ofSorted: replicates), Quantiles.at(1 - alpha / 2, ofSorted: replicates))
    let acceleration = Self.acceleration(samples, statistic)
    bca = Self.bca(replicates, estimate: estimate, acceleration: acceleration, alpha: alpha)
  }

  /// A plain mean for thousands of resamples: ``Moments`` is slower and hardly more exact.
  static func mean(_ values: [Double]) -> Double {
    var sum = 0.0
    for value in values { sum += value }
    return sum / Double(values.count)
  }

  private static func replicates(
    _ samples: [[Double]], _ resamples: Int, _ seed: UInt64, _ statistic: ([[Double]]) -> Double
  ) -> [Double] {
    var drawn = samples
    var replicates: [Double] = []
    replicates.reserveCapacity(resamples)
    Resamples(resamples, ofSizes: samples.map(\.count), seed: seed, stream: .bootstrap).visit { positions in
      var next = positions.startIndex
      for (index, sample) in samples.enumerated() {
        drawn[index] = positions[next..<next + sample.count].map { sample[Int($0)] }
        next += sample.count
      }
      replicates.append(statistic(drawn))
    }
    return replicates
  }

  /// A sixth of the skewness of the jackknife influence values.
  private static func acceleration(_ samples: [[Double]], _ statistic: ([[Double]]) -> Double) -> Double {
    var cubes = 0.0
    var squares = 0.0
    var largest = 0.0
    let influences = samples.indices.map { sample in
      let left = samples[sample].indices.map { position in
        var reduced = samples
        reduced[sample].remove(at: position)
        return statistic(reduced)
      }
      let mean = left.reduce(0, +) / Double(left.count)
      let influence = left.map { (mean - $0) * Double(left.count - 1) / Double(left.count) }
      largest = influence.reduce(largest) { Swift.max($0, $1.magnitude) }
      return influence
    }
    guard largest > 0, largest.isFinite else { return 0 }
    for influence in influences.joined() {
      let share = influence / largest
      squares += share * share
      cubes += share * share * share
    }
    return cubes / (6 * pow(squares, 1.5))
  }

  private static func bca(
    _ sorted: [Double], estimate: Double, acceleration: Double, alpha: Double
  ) -> Interval? {
    // Resamples equal to the estimate up to rounding count half on either side.
    let tolerance = 1e-10 * (sorted[sorted.count - 1] - sorted[0])
    var below = 0.0
    for value in sorted where value <= estimate + tolerance { below += value < estimate - tolerance ? 1 : 0.5 }
    let share = below / Double(sorted.count)
    guard share > 0, share < 1 else { return nil }
    let bias = StandardNormal.quantile(share)
    func end(_ fraction: Double) -> Double? {
      let shifted = bias + StandardNormal.quantile(fraction)
      let divisor = 1 - acceleration * shifted
      guard divisor > 0 else { return nil }
      return Quantiles.at(StandardNormal.cumulative(bias + shifted / divisor), ofSorted: sorted)
    }
    guard let lower = end(alpha / 2), let upper = end(1 - alpha / 2) else { return nil }
    return Interval(lower, upper)
  }
}
