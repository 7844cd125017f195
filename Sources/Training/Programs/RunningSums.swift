import OrderedCollections

/// Sums and counts of loss and metrics, added up over batches in double precision.
struct RunningSums {
  private let names: [String]
  private var totals: [Double]

  init(_ method: Method) {
    names = method.reportedNames
    totals = Array(repeating: 0, count: 2 * names.count)
  }

  /// - Parameter rows: `[…, 2 * names]`, sum and count of each name in turn.
  mutating func add(_ rows: Tensor) throws {
    for (index, value) in try rows.cast(to: .float64).values(as: Double.self).enumerated() {
      totals[index % totals.count] += value
    }
  }

  var means: OrderedDictionary<String, Double> {
    OrderedDictionary(
      uniqueKeysWithValues: names.enumerated().map { ($0.element, totals[2 * $0.offset] / totals[2 * $0.offset + 1]) })
  }
}
