/// A summary of the finite values of several runs, with the number of runs that diverged.
public struct SampleSummary: Sendable, Equatable, Encodable {
  /// The number of finite values.
  public let count: Int
  /// The number of diverged runs, which enter none of the statistics below.
  public let diverged: Int
  public let mean: Double
  /// With the divisor n − 1; `nil` for a single value.
  public let standardDeviation: Double?
  /// Student's t interval of the mean; `nil` for a single value.
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

extension SampleSummary {
  /// The mean with its interval, and the number of diverged runs if any: "97.85 ± 0.12%, 1 of 5 diverged".
  public func meanText(_ style: ValueStyle = .plain) -> String {
    let margin = interval.map { $0.width / 2 } ?? 0
    return (margin > 0 ? style.value(mean, plusMinus: margin) : style.value(mean)) + divergence
  }

  /// The median with its quartiles, and the number of diverged runs if any: "97.85% (97.80–97.92%), 1 of 5 diverged".
  public func medianText(_ style: ValueStyle = .plain) -> String {
    let spread = interquartileRange
    let range = spread > 0 ? " (\(style.range(lowerQuartile, upperQuartile, uncertainty: spread)))" : ""
    return style.value(median, uncertainty: spread) + range + divergence
  }

  private var divergence: String { diverged > 0 ? ", \(diverged) of \(count + diverged) diverged" : "" }
}

/// A closed interval, such as a confidence interval.
public struct Interval: Sendable, Hashable, Codable {
  public let lower: Double
  public let upper: Double

  /// The interval between two numbers, in either order.
  public init(_ first: Double, _ second: Double) {
    lower = Swift.min(first, second)
    upper = Swift.max(first, second)
  }

  public var width: Double { upper - lower }

  /// Whether a value is in the interval, including its ends.
  public func contains(_ value: Double) -> Bool { lower <= value && value <= upper }
}

/// Mean and standard deviation without overflow, underflow or cancellation.
struct Moments {
  let count: Int
  let mean: Double
  /// With the divisor n − 1; zero for a single value.
  let standardDeviation: Double

  /// - Parameter values: at least one, all finite.
  init(_ values: [Double]) {
    count = values.count
    let first = values[0]
    let largest = values.reduce(0) { Swift.max($0, $1.magnitude) }
    // Sums of equal numbers round, but a constant sample must have no spread.
    guard largest > 0, values.contains(where: { $0 != first }) else {
      mean = first
      standardDeviation = 0
      return
    }
    let scale = Double(sign: .plus, exponent: largest.exponent, significand: 1)
    let scaled = values.map { $0 / scale }
    let total = Double(count)
    let rough = scaled.reduce(0, +) / total
    let center = rough + scaled.reduce(0) { $0 + ($1 - rough) } / total
    let squares = scaled.reduce(0) { $0 + ($1 - center) * ($1 - center) }
    mean = center * scale
    standardDeviation = (squares / (total - 1)).squareRoot() * scale
  }

  /// The standard error of the mean.
  var standardError: Double { standardDeviation / Double(count).squareRoot() }
}

/// Quantiles by linear interpolation between order statistics: NumPy's default, type 7 of Hyndman and Fan (1996).
package enum Quantiles {
  /// - Parameters:
  ///   - fraction: from 0 to 1.
  ///   - sorted: ascending, at least one value.
  package static func at(_ fraction: Double, ofSorted sorted: [Double]) -> Double {
    let position = fraction * Double(sorted.count - 1)
    let below = Swift.min(Swift.max(Int(position), 0), sorted.count - 1)
    let above = Swift.min(below + 1, sorted.count - 1)
    return sorted[below] + (sorted[above] - sorted[below]) * (position - Double(below))
  }

  /// - Parameter values: at least one.
  package static func median(_ values: [Double]) -> Double { at(0.5, ofSorted: values.sorted()) }
}
