import Tanren

/// Schedules' values over a training, computed by the engine in double precision.
struct ScheduleCurves {
  private let names: [String]
  /// Epochs, with their fractions.
  private let x: [Double]
  private let values: [[Double]]
  private let epochs: Int

  /// Points of a curve at most; what lies between changes little.
  private static let limit = 2000

  /// - Throws: `Diagnostic` if a schedule can't be computed.
  init(_ schedules: [(name: String, schedule: any Schedule)], epochs: Int, stepsPerEpoch: Int, batch: Int) throws {
    let total = epochs * stepsPerEpoch
    let count = min(total, Self.limit)
    // The first and the last step are among them.
    let steps = (0..<count).map { Int32(count == 1 ? 0 : $0 * (total - 1) / (count - 1)) }
    let looped = scan(carry: [], over: [Tensor(steps)]) { _, step in
      let progress = Progress(step: step[0], stepsPerEpoch: stepsPerEpoch, epochs: epochs, batchSize: batch)
      return ([], schedules.map { $0.schedule.value(at: progress, dtype: .float64) })
    }
    self.epochs = epochs
    names = schedules.map(\.name)
    x = steps.map { Double($0) / Double(stepsPerEpoch) }
    values = try Tensor.evaluate(looped.outputs).map { try $0.values(as: Double.self) }
  }

  func chart(isLogarithmic: Bool) -> Chart {
    var chart = Chart(
      x: ChartAxis("epoch", range: 0...Double(epochs)), lines: zip(names, values).map { LineSeries($0, x: x, y: $1) })
    if isLogarithmic { chart.y = ChartAxis("", scale: .log10) }
    return chart
  }

  func table() -> TextTable {
    var table = TextTable(
      [
        "schedule", TableColumn("first", .right), TableColumn("greatest", .right), TableColumn("at epoch", .right),
        TableColumn("last", .right),
      ])
    for (name, values) in zip(names, values) {
      let peak = values.indices.max { values[$0] < values[$1] } ?? 0
      let numbers = [values.first, values.max(), x[peak], values.last].map { NumberText.significant($0 ?? .nan) }
      table.append(([name] + numbers).map { TableCell($0) })
    }
    return table
  }
}
