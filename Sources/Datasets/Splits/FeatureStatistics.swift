import Formats
import PJRT

/// Mean, standard deviation and range of each feature over records, or of all elements together.
struct FeatureStatistics {
  private(set) var means: [Double]
  private(set) var standardDeviations: [Double]
  private(set) var minima: [Double]
  private(set) var maxima: [Double]

  init(_ array: HostArray, scope: Normalizer.Scope) throws(DatasetError) {
    guard array.recordCount > 0, array.count > 0 else {
      throw DatasetError(
        .invalidArgument(name: "the training data's shape", value: "\(array.shape)", allowed: "not empty"))
    }
    let values: [Double] = try array.converted()
    let width = scope == .global ? 1 : values.count / array.recordCount
    var sums = [Double](repeating: 0, count: width)
    (minima, maxima) = (Array(values.prefix(width)), Array(values.prefix(width)))
    for start in stride(from: 0, to: values.count, by: width) {
      for feature in 0..<width {
        let value = values[start + feature]
        sums[feature] += value
        minima[feature] = min(minima[feature], value)
        maxima[feature] = max(maxima[feature], value)
      }
    }
    let rows = Double(values.count / width)
    means = sums.map { $0 / rows }
    // A second pass over the deviations keeps the digits that a sum of squares would cancel.
    var squares = [Double](repeating: 0, count: width)
    for start in stride(from: 0, to: values.count, by: width) {
      for feature in 0..<width {
        let deviation = values[start + feature] - means[feature]
        squares[feature] += deviation * deviation
      }
    }
    standardDeviations = squares.map { ($0 / rows).squareRoot() }
  }
}
