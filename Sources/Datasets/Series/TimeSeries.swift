import Arrays
import Formats

/// A series of values, one or several at each step.
public struct TimeSeries: Sendable, Equatable {
  /// Row by row, one row per step.
  public let values: [Double]
  public let channels: Int

  public init(_ values: [Double], channels: Int = 1) {
    (self.values, self.channels) = (values, Swift.max(1, channels))
  }

  public var steps: Int { values.count / channels }

  /// The rows in `range` as float64 [rows, channels].
  /// - Throws: ``DatasetError`` if the series is too short.
  func array(_ range: Range<Int>) throws(DatasetError) -> HostArray {
    guard range.lowerBound >= 0, range.upperBound <= steps else {
      throw DatasetError(
        .invalidArgument(
          name: "train and test", value: "\(range.upperBound) steps in all", allowed: "at most \(steps) for this series"
        ))
    }
    let part = Array(values[range.lowerBound * channels..<range.upperBound * channels])
    return try .make(.float64, [range.count, channels], part.withUnsafeBytes { Array($0) })
  }

  /// Records that end in the steps of `range`: the step itself, float [steps, channels], or with a window the last steps
  /// up to it, [steps, window, channels]. The caller has checked that they lie in the series.
  func array(endingIn range: Range<Int>, window: Int?, _ dtype: DType) throws(DatasetError) -> HostArray {
    let part: [Double]
    if let window {
      part = range.flatMap { (end: Int) -> ArraySlice<Double> in
        values[(end - window + 1) * channels..<(end + 1) * channels]
      }
    } else {
      part = Array(values[range.lowerBound * channels..<range.upperBound * channels])
    }
    return try .make(dtype, [range.count] + (window.map { [$0] } ?? []) + [channels], dtype.bytes(of: part))
  }

  /// The steps from one on, for values that are predicted some steps ahead.
  func dropFirst(_ count: Int) -> TimeSeries {
    TimeSeries(Array(values.dropFirst(count * channels)), channels: channels)
  }

  /// Each channel standardized; the series itself without scales.
  func scaled(_ scales: [ColumnScale]) -> TimeSeries {
    guard !scales.isEmpty else { return self }
    let scaled = values.enumerated().map { index, value in
      (value - scales[index % channels].mean) / scales[index % channels].deviation
    }
    return TimeSeries(scaled, channels: channels)
  }

  /// What each channel's first steps are standardized by.
  func scales(ofFirst steps: Int) -> [ColumnScale] {
    (0..<channels).map { channel in ColumnScale(of: (0..<steps).map { values[$0 * channels + channel] }) }
  }

  /// Each step's value as input and the next step's as target; the test data begin where the training data end.
  /// - Parameter train: the number of training inputs; nil for all that `test` leaves of the series.
  public func oneStepAhead(
    train: Int?, test: Int, name: String, origin: String
  ) throws(DatasetError) -> DatasetPair {
    try pair(
      train ?? steps - 1 - test, test, inputs: self, targets: dropFirst(1), name, origin)
  }

  /// Steps of one series as inputs and of another as targets.
  static func pair(
    _ train: Int, _ test: Int, inputs: TimeSeries, targets: TimeSeries, _ name: String, _ origin: String
  ) throws(DatasetError) -> DatasetPair {
    DatasetPair(
      train: try LabeledArrays(
        inputs: inputs.array(0..<Swift.max(0, train)), targets: targets.array(0..<Swift.max(0, train))),
      test: try LabeledArrays(inputs: inputs.array(train..<train + test), targets: targets.array(train..<train + test)),
      name: name, origin: origin)
  }

  private func pair(
    _ train: Int, _ test: Int, inputs: TimeSeries, targets: TimeSeries, _ name: String, _ origin: String
  ) throws(DatasetError) -> DatasetPair {
    guard train >= 1, test >= 1 else {
      throw DatasetError(
        .invalidArgument(
          name: "train and test", value: "\(train) and \(test)", allowed: "1 or more each, of \(steps) steps"))
    }
    return try Self.pair(train, test, inputs: inputs, targets: targets, name, origin)
  }
}
