import OrderedCollections

/// Sums of loss and metrics, added up over batches in double precision.
struct RunningSums {
  private let names: [String]
  private let metrics: [any Metric]
  /// Number of sums of each metric.
  private let widths: [Int]
  /// What was added so far.
  var totals: [Double]

  /// - Parameter data: any data whose targets have the type that will be summed.
  init(_ setup: Setup, _ data: ResidentData) {
    names = setup.method.recordedNames
    metrics = setup.method.summedMetrics
    let outputs = Tensor.zeros(setup.outputType.shape, dtype: setup.outputType.dtype.accumulation)
    let targets = Tensor.zeros(Shape([1] + data.targets.shape.dropFirst()), dtype: data.targets.dtype)
    widths = metrics.map { $0.sums(outputs, targets, weights: nil).shape[0] }
    totals = Array(repeating: 0, count: 2 + widths.reduce(0, +))
  }

  /// - Parameter rows: sum and count of the loss and the sums of each metric, once per row.
  mutating func add(_ rows: some Sequence<Double>) {
    for (index, value) in rows.enumerated() { totals[index % totals.count] += value }
  }

  /// - Parameter rows: `[…, sums]`
  mutating func add(_ rows: Tensor) throws { add(try rows.cast(to: .float64).values(as: Double.self)) }

  /// Adds the rows of several members, `[members, …, sums]`, each to its own sums.
  static func add(_ rows: Tensor, to sums: inout [RunningSums]) throws {
    let values = try rows.cast(to: .float64).values(as: Double.self)
    let share = values.count / sums.count
    for index in sums.indices { sums[index].add(values[index * share..<(index + 1) * share]) }
  }

  /// Loss and metrics of everything added so far.
  var values: OrderedDictionary<String, Double> {
    var (values, start) = ([totals[0] / totals[1]], 2)
    for (metric, width) in zip(metrics, widths) {
      values.append(metric.value(ofSums: Array(totals[start..<start + width])))
      start += width
    }
    return OrderedDictionary(uniqueKeysWithValues: zip(names, values))
  }
}
