import Arrays
import Statistics
import Tensors

extension Predictions {
  /// What several models predict for the same records: the median, and the bounds between which the middle part of them
  /// lies.
  ///
  /// For networks that differ in what was drawn, the width is how much the prediction depends on that: it grows where a
  /// free run is no longer determined by what was learned. Noise of the series itself isn't part of it.
  /// - Parameters:
  ///   - all: predictions of values, of the same records and columns.
  ///   - level: the part between the bounds, as 0.9.
  /// - Returns: for each column itself the median, and the columns `lower` and `upper` of its name.
  /// - Throws: ``ModelFileError/unlikePredictions`` for predictions that aren't of the same, or of classes.
  public init(bandOf all: [Predictions], level: Double) throws {
    guard let first = all.first, (0...1).contains(level),
      !first.names.isEmpty,
      all.allSatisfy({ $0.names == first.names && $0.columns == first.columns && $0.classes == nil })
    else { throw ModelFileError.unlikePredictions }
    let values = try all.map { try Tensor($0.values).cast(to: .float64).values(as: Double.self) }
    var rows: [Double] = []
    for place in values[0].indices {
      let sorted = values.map { $0[place] }.sorted()
      rows += [0.5, (1 - level) / 2, (1 + level) / 2].map { Quantiles.at($0, ofSorted: sorted) }
    }
    let columns = first.columns.flatMap { [$0, "\($0) lower", "\($0) upper"] }
    try self.init(first.names, values: HostArray(rows, shape: [first.names.count, columns.count]), columns: columns)
  }
}
