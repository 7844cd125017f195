import Arrays
import Formats

/// What a series does where a value is missing.
public enum GapRule: String, Sendable, CaseIterable, Codable {
  /// An error that names the first one.
  case error
  /// The last value before it.
  case previous
  /// On the straight line between the values around it; at the ends the nearest value.
  case linear
}

/// How the steps of a file become inputs: a saved model reads new series with it.
public struct SeriesEncoding: Sendable, Equatable, Codable {
  /// The columns that are inputs, and those that are predicted.
  public let columns: [String]
  public let targets: [String]
  /// The steps of one record; nil if each step is a record.
  public let window: Int?
  /// How many steps after a record's last the targets are.
  public let horizon: Int
  /// Mean and standard deviation of each column over the training steps, which it is standardized by; empty if columns
  /// keep their unit.
  public let inputScales: [ColumnScale]
  public let targetScales: [ColumnScale]
  public let dtype: DType
  let gaps: GapRule
  let layout: SeriesLayout

  /// Outputs of a model in the columns' own unit, row by row a value per target.
  public func restored(_ outputs: [Double]) -> [Double] { targetScales.restored(outputs) }

  func inputs(from paths: [String]) throws(DatasetError) -> EncodedInputs {
    var (bytes, names, count): ([UInt8], [String], Int) = ([], [], 0)
    for path in paths {
      let file = try SeriesTable(path, layout)
      let series = try file.series(columns, gaps).scaled(inputScales)
      let first = (window ?? 1) - 1
      guard series.steps > first else {
        throw DatasetError(
          .invalidArgument(name: "the number of steps", value: "\(series.steps)", allowed: "\(first + 1) or more"),
          path: path)
      }
      bytes += try series.array(endingIn: first..<series.steps, window: window, dtype).bytes
      names += (first..<series.steps).map { "\(path):\(file.line(ofStep: $0))" }
      count += series.steps - first
    }
    let shape = [count] + (window.map { [$0] } ?? []) + [columns.count]
    return EncodedInputs(inputs: try .make(dtype, shape, bytes), names: names)
  }
}

/// How a series' text is laid out; NPY files need no layout.
struct SeriesLayout: TextLayout, Sendable, Equatable, Codable {
  var separator = TableSeparator.auto
  var decimal = CSVFormat.Decimal.point
  /// Nil if the first line names the columns as soon as one of its fields isn't a number.
  var hasHeader: Bool?

  var format: CSVFormat { CSVFormat(separator: separator.inFormat, hasHeader: hasHeader, decimal: decimal) }
}

/// A file with a row per step: text, or an NPY array [steps] or [steps, columns].
struct SeriesTable {
  let path: String
  let columnNames: [String]
  private enum Content {
    case text(CSVTable)
    case array([Double])
  }
  private let content: Content

  init(_ path: String, _ layout: SeriesLayout) throws(DatasetError) {
    self.path = path
    guard path.lowercased().hasSuffix(".npy") else {
      let table = try CSVTable.read(path, layout.format)
      (content, columnNames) = (.text(table), table.columnNames)
      return
    }
    let array = try NPY.read(path)
    guard (1...2).contains(array.shape.count), array.count > 0 else {
      throw DatasetError(.wrongRank(found: array.shape, wanted: "[steps] or [steps, columns]"), path: path)
    }
    content = .array(try array.converted())
    columnNames = (0..<(array.shape.count == 2 ? array.shape[1] : 1)).map(String.init)
  }

  /// A file's line, or a step of an array.
  func line(ofStep step: Int) -> Int {
    if case .text(let table) = content { table.line(ofRow: step) } else { step }
  }

  /// Some columns, without gaps.
  /// - Throws: ``DatasetError`` for columns that aren't there or aren't numbers, and for gaps that the rule doesn't fill.
  func series(_ names: [String], _ rule: GapRule) throws(DatasetError) -> TimeSeries {
    var columns: [[Double]] = []
    for name in names {
      guard let place = columnNames.firstIndex(of: name) else {
        throw DatasetError(.missingColumn(name: "'\(name)'", available: columnNames), path: path)
      }
      columns.append(try filled(numbers(place), name, rule))
    }
    let steps = columns.first?.count ?? 0
    return TimeSeries((0..<steps).flatMap { step in columns.map { $0[step] } }, channels: columns.count)
  }

  private func numbers(_ column: Int) throws(DatasetError) -> [Double] {
    switch content {
    case .array(let values): return stride(from: column, to: values.count, by: columnNames.count).map { values[$0] }
    case .text(let table):
      // Tells a column of dates or decimal commas from a column with a mistake.
      guard case .numbers(let numbers) = try table.values(column) else {
        let row = (0..<table.rowCount).first { table.format.number(table[$0, column]) == nil } ?? 0
        throw table.notNumber(table[row, column], row, column)
      }
      return numbers
    }
  }

  private func filled(_ values: [Double], _ name: String, _ rule: GapRule) throws(DatasetError) -> [Double] {
    guard let first = values.firstIndex(where: { !$0.isFinite }) else { return values }
    let known = values.indices.filter { values[$0].isFinite }
    guard rule != .error, let start = known.first, let end = known.last, rule == .linear || start == 0 else {
      let count = values.count - known.count
      let problem: TableProblem =
        known.isEmpty
        ? .allMissing(column: name) : .gap(column: name, line: line(ofStep: first), count: count)
      throw DatasetError(.table(problem), path: path)
    }
    var filled = values
    // The place of the first known value behind the step.
    var next = 0
    for step in values.indices {
      while next < known.count, known[next] <= step { next += 1 }
      guard !values[step].isFinite else { continue }
      if rule == .previous || step > end {
        filled[step] = values[known[next - 1]]
      } else if step < start {
        filled[step] = values[start]
      } else {
        let (before, after) = (known[next - 1], known[next])
        let share = Double(step - before) / Double(after - before)
        filled[step] = values[before] + (values[after] - values[before]) * share
      }
    }
    return filled
  }
}
