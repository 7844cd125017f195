import Formats

extension TableColumnEncoding {
  /// What a column is in the training records.
  /// - Parameter values: the training records' alone.
  /// - Throws: ``DatasetError`` if none has a value.
  init(fitting values: ColumnValues, name: String, missing rule: MissingRule) throws(DatasetError) {
    self.name = name
    switch values {
    case .numbers(let all):
      let present = all.filter { !$0.isNaN }
      missingCount = all.count - present.count
      categories = nil
      guard let minimum = present.min(), let maximum = present.max() else {
        throw DatasetError(.table(.allMissing(column: name)))
      }
      let fill: Double? =
        switch rule {
        case .error, .drop: nil
        case .mean, .indicator: present.mean
        case .median: present.median
        case .mostFrequent: present.mostFrequent
        }
      let filled = all.compactMap { $0.isNaN ? fill : $0 }
      let mean = filled.mean
      let squares = filled.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      numbers = TableNumbers(
        minimum: minimum, maximum: maximum, mean: mean, deviation: (squares / Double(filled.count)).squareRoot(),
        fill: fill, hasIndicator: rule == .indicator && missingCount > 0)
    case .categories(let all):
      let present = all.compactMap(\.self)
      missingCount = all.count - present.count
      numbers = nil
      var counts: [String: Int] = [:]
      for text in present { counts[text, default: 0] += 1 }
      let names = counts.keys.sortedByCodePoint
      guard let frequent = names.max(by: { counts[$0, default: 0] < counts[$1, default: 0] }) else {
        throw DatasetError(.table(.allMissing(column: name)))
      }
      // The first of those that are equally frequent.
      let first = names.first { counts[$0] == counts[frequent] }
      let fills = [.mean, .median, .mostFrequent].contains(rule)
      categories = TableCategories(
        names: names, counts: names.map { counts[$0, default: 0] }, fill: fills ? first : nil,
        hasMissing: rule == .indicator && missingCount > 0)
    }
  }
}

extension Collection where Element == String {
  /// By bytes, since to Swift texts of different characters may be equal.
  var sortedByCodePoint: [String] { sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
}

extension [Double] {
  /// NaN without elements.
  var mean: Double { reduce(0, +) / Double(count) }

  fileprivate var median: Double {
    let sorted = sorted()
    return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
  }

  /// Of equally frequent ones the least.
  fileprivate var mostFrequent: Double {
    var (best, bestCount, current, currentCount) = (Double.nan, 0, Double.nan, 0)
    for value in sorted() {
      (current, currentCount) = value == current ? (value, currentCount + 1) : (value, 1)
      if currentCount > bestCount { (best, bestCount) = (current, currentCount) }
    }
    return best
  }
}
