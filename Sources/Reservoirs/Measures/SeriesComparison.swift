import Foundation

/// A predicted series beside the true one, and what the field measures of the two.
///
/// ```swift
/// let comparison = SeriesComparison([1, 2, 2, 5], truth: [1, 2, 3, 4])
/// print(comparison.nrmse)                       // 0.632…
/// print(comparison.validSteps(threshold: 0.5))  // 2
/// ```
public struct SeriesComparison: Sendable, Equatable {
  /// `[steps, channels]`, step by step.
  public let predicted: [Double]
  public let truth: [Double]
  public let channels: Int

  /// - Parameters: two series of as many values.
  public init(_ predicted: [Double], truth: [Double], channels: Int = 1) {
    (self.predicted, self.truth, self.channels) = (predicted, truth, max(1, channels))
  }

  private var isComparable: Bool { !truth.isEmpty && predicted.count == truth.count }

  /// The mean squared error over the variance of the truth about its mean; NaN for series that can't be compared.
  public var nmse: Double {
    guard isComparable else { return .nan }
    let mean = truth.reduce(0, +) / Double(truth.count)
    let variance = truth.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return zip(predicted, truth).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / variance
  }

  /// The root of ``nmse``.
  public var nrmse: Double { nmse.squareRoot() }

  /// The steps before the error first exceeds a threshold: the valid prediction time, which over the steps of a
  /// Lyapunov time is in Lyapunov times. All steps if it never does.
  ///
  /// The error of a step is the root of the mean over channels of the squared error over the channel's variance.
  /// - Parameter deviations: the standard deviation of each channel; nil for those of the truth.
  public func validSteps(threshold: Double = 0.4, deviations: [Double]? = nil) -> Int {
    let scales = deviations ?? Self.deviations(of: truth, channels: channels)
    let steps = min(predicted.count, truth.count) / channels
    for step in 0..<steps {
      let square = (0..<channels).reduce(0) { sum, channel in
        let place = step * channels + channel
        let error = (predicted[place] - truth[place]) / scales[channel]
        return sum + error * error
      }
      // An error that is no number is no valid one.
      if !((square / Double(channels)).squareRoot() <= threshold) { return step }
    }
    return steps
  }

  /// The standard deviation of each channel of a series.
  public static func deviations(of series: [Double], channels: Int) -> [Double] {
    let count = Double(max(1, series.count / max(1, channels)))
    return (0..<channels).map { channel in
      let own = stride(from: channel, to: series.count, by: channels).map { series[$0] }
      let mean = own.reduce(0, +) / count
      return (own.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
    }
  }

  /// Each channel's squared coefficient of correlation; 0 where one of the two doesn't vary. Summed over channels that
  /// are the input's values 1, 2, … steps before, this is the memory capacity (Jaeger 2002).
  public var squaredCorrelations: [Double] {
    guard isComparable else { return [] }
    return (0..<channels).map { channel in
      let places = stride(from: channel, to: truth.count, by: channels)
      let count = Double(truth.count / channels)
      let means = places.reduce((0.0, 0.0)) { ($0.0 + predicted[$1] / count, $0.1 + truth[$1] / count) }
      let sums = places.reduce((0.0, 0.0, 0.0)) { sums, place in
        let (a, b) = (predicted[place] - means.0, truth[place] - means.1)
        return (sums.0 + a * b, sums.1 + a * a, sums.2 + b * b)
      }
      return sums.1 > 0 && sums.2 > 0 ? sums.0 * sums.0 / (sums.1 * sums.2) : 0
    }
  }

  /// The share of values that differ from the truth after each prediction was rounded to the nearest of the symbols,
  /// which are all values of the truth; NaN for series that can't be compared.
  public var symbolErrorRate: Double {
    guard isComparable else { return .nan }
    let symbols = Set(truth).sorted()
    let wrong = zip(predicted, truth).count { value, symbol in
      symbols.min { abs($0 - value) < abs($1 - value) } != symbol
    }
    return Double(wrong) / Double(truth.count)
  }
}
