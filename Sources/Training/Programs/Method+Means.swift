import OrderedCollections

extension Method {
  /// The means of loss and metrics from rows of sums and counts.
  func means(_ rows: [Tensor]) throws -> OrderedDictionary<String, Double> {
    let names = reportedNames
    var totals = [Double](repeating: 0, count: 2 * names.count)
    for row in rows {
      for (index, value) in try row.cast(to: .float64).values(as: Double.self).enumerated() {
        totals[index % totals.count] += value
      }
    }
    return OrderedDictionary(
      uniqueKeysWithValues: names.enumerated().map { ($0.element, totals[2 * $0.offset] / totals[2 * $0.offset + 1]) })
  }
}
