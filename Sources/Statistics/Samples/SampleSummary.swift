/// Where the finite values of several runs lie, and how many runs gave none.
public struct SampleSummary: Sendable, Equatable, Encodable {
  /// How many finite values there are.
  public let count: Int
  /// How many runs diverged; they enter none of the numbers below.
  public let diverged: Int
  public let mean: Double
  /// Of the values, with the divisor n − 1; nil for a single value.
  public let standardDeviation: Double?
  /// Student's t interval of the mean; nil for a single value, which shows no spread.
  public let interval: Interval?
  public let median: Double
  /// The 25% quantile, linearly interpolated as NumPy does.
  public let lowerQuartile: Double
  /// The 75% quantile.
  public let upperQuartile: Double
  public let minimum: Double
  public let maximum: Double

  init?(_ values: [Double], diverged: Int, alpha: Double) {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    let moments = Moments(values)
    count = values.count
    self.diverged = diverged
    mean = moments.mean
    standardDeviation = count > 1 ? moments.standardDeviation : nil
    interval = count > 1 ? MeanDifference(values).interval(alpha: alpha) : nil
    median = Quantiles.at(0.5, ofSorted: sorted)
    lowerQuartile = Quantiles.at(0.25, ofSorted: sorted)
    upperQuartile = Quantiles.at(0.75, ofSorted: sorted)
    minimum = sorted[0]
    maximum = sorted[sorted.count - 1]
  }

  public var interquartileRange: Double { upperQuartile - lowerQuartile }
}
