import OrderedCollections

/// Sums and counts of loss and metrics, added up over batches in double precision.
struct RunningSums {
  private let names: [String]
  private var totals: [Double]

  init(_ method: Method) {
    names = method.reportedNames
    totals = Array(repeating: 0, count: 2 * names.count)
  }

  /// - Parameter rows: sum and count of each name in turn, as often as there are rows.
  mutating func add(_ rows: some Sequence<Double>) {
    for (index, value) in rows.enumerated() { totals[index % totals.count] += value }
  }

  /// - Parameter rows: `[…, 2 * names]`
  mutating func add(_ rows: Tensor) throws { add(try rows.cast(to: .float64).values(as: Double.self)) }

  /// Adds rows of several trainers, `[members, …, 2 * names]`, each to its own sums.
  static func add(_ rows: Tensor, to sums: inout [RunningSums]) throws {
    let values = try rows.cast(to: .float64).values(as: Double.self)
    let share = values.count / sums.count
    for index in sums.indices { sums[index].add(values[index * share..<(index + 1) * share]) }
  }

  var means: OrderedDictionary<String, Double> {
    OrderedDictionary(
      uniqueKeysWithValues: names.enumerated().map { ($0.element, totals[2 * $0.offset] / totals[2 * $0.offset + 1]) })
  }
}
