import Arrays
import Formats

/// Shifts and scales inputs by statistics of training data: (x - shift) / scale.
///
/// Fit it on training data only, and apply the same one to validation and test data.
public struct Normalizer: Sendable, Hashable {
  /// What shares one mean and deviation.
  public enum Scope: String, Sendable, Hashable, CaseIterable {
    /// One shift and one scale for all features, as usual for pixels.
    case global
    /// A shift and a scale for each element of a record.
    case perFeature
  }

  public let scope: Scope
  /// The shape of one record of the training data.
  public let recordShape: [Int]
  /// One value, or one per feature in row-major order.
  public let shift: [Double]
  /// As `shift`; never 0, since a feature that doesn't vary is divided by 1.
  public let scale: [Double]

  init(scope: Scope, recordShape: [Int], shift: [Double], scale: [Double]) {
    self.scope = scope
    self.recordShape = recordShape
    self.shift = shift
    self.scale = scale.map { $0 == 0 ? 1 : $0 }
  }

  /// Mean 0 and standard deviation 1 (of the population, as NumPy's `std`).
  /// - Parameter array: training inputs [N, …] of any numeric type but the 16-bit floats.
  /// - Throws: ``DatasetError`` if there are no records or the type isn't one of those.
  public static func standardizing(
    _ array: HostArray, scope: Scope = .perFeature
  ) throws(DatasetError) -> Normalizer {
    let statistics = try FeatureStatistics(array, scope: scope)
    return Normalizer(
      scope: scope, recordShape: array.recordShape, shift: statistics.means,
      scale: statistics.standardDeviations)
  }

  /// The range 0 to 1 over the training data; by default with one range for all features, as usual for pixels.
  /// - Throws: as ``standardizing(_:scope:)``.
  public static func scalingToUnitRange(
    _ array: HostArray, scope: Scope = .global
  ) throws(DatasetError) -> Normalizer {
    let statistics = try FeatureStatistics(array, scope: scope)
    return Normalizer(
      scope: scope, recordShape: array.recordShape, shift: statistics.minima,
      scale: zip(statistics.maxima, statistics.minima).map { $0 - $1 })
  }

  /// The normalized array as float32, with the arithmetic in float32 too, as NumPy does it for float32
  /// data: bytes scaled by 255 come out as `x.astype('float32') / 255`.
  /// - Throws: ``DatasetError`` if the records have another shape than those fitted on, or an unsupported
  ///   element type.
  public func float32(_ array: HostArray) throws(DatasetError) -> HostArray {
    try mapped(array, shift.map(Float.init), scale.map(Float.init)) { ($0 - $1) / $2 }
  }

  /// The normalized array as float64.
  /// - Throws: as ``float32(_:)``.
  public func float64(_ array: HostArray) throws(DatasetError) -> HostArray {
    try mapped(array, shift, scale) { ($0 - $1) / $2 }
  }

  /// The original units again, as float64: x becomes x scale + shift.
  /// - Throws: as ``float32(_:)``.
  public func restored(_ array: HostArray) throws(DatasetError) -> HostArray {
    try mapped(array, shift, scale) { $0 * $2 + $1 }
  }

  private func mapped<Scalar: HostScalar & BinaryFloatingPoint>(
    _ array: HostArray, _ shift: [Scalar], _ scale: [Scalar],
    _ transform: (Scalar, Scalar, Scalar) -> Scalar
  ) throws(DatasetError) -> HostArray {
    guard scope == .global || array.recordShape == recordShape else {
      throw DatasetError(.featureMismatch(fitted: recordShape, actual: array.recordShape))
    }
    var values: [Scalar] = try array.converted()
    var feature = 0
    for index in values.indices {
      values[index] = transform(values[index], shift[feature], scale[feature])
      feature = feature + 1 == shift.count ? 0 : feature + 1
    }
    return try .make(Scalar.dtype, array.shape, values.withUnsafeBytes { Array($0) })
  }
}

/// Mean, standard deviation and range of each feature over records, or of all elements together.
private struct FeatureStatistics {
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
