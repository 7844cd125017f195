import Arrays

/// A table of numbers read from text: a time series with a row per step.
public struct CSVSeries: Sendable, Equatable {
  /// float64 [rows, columns].
  public let values: HostArray
  /// The names of the columns read, if there is a header.
  public let columnNames: [String]?

  /// Reads a file; one number per line is a table of one column. See ``CSVTable`` for what is skipped and quoted.
  /// - Throws: ``DatasetError`` if the file can't be read, has no rows, lacks a requested column, has a
  ///   row of another length, or a requested field isn't a finite number (with line and column).
  public static func read(_ path: String, _ format: CSVFormat = CSVFormat()) throws(DatasetError) -> CSVSeries {
    try decode(FileBytes.read(path), format, path: path)
  }

  /// As ``read(_:_:)``, for UTF-8 text in memory.
  /// - Parameter path: what errors call the text.
  public static func decode(
    _ text: [UInt8], _ format: CSVFormat, path: String
  ) throws(DatasetError) -> CSVSeries {
    let table = try CSVTable.decode(text, format, path: path)
    let chosen = try table.columns(format.columns)
    guard !chosen.isEmpty else { throw DatasetError(.noRows, path: path) }
    var values: [Double] = []
    values.reserveCapacity(table.rowCount * chosen.count)
    for row in 0..<table.rowCount {
      for column in chosen {
        let field = table[row, column]
        guard let value = table.format.number(field) else {
          throw DatasetError(
            .malformedField(line: table.line(ofRow: row), column: column, text: field.excerpt), path: path)
        }
        values.append(value)
      }
    }
    return CSVSeries(
      values: try .make(
        .float64, [table.rowCount, chosen.count], values.withUnsafeBytes { Array($0) }, path: path),
      columnNames: table.format.hasHeader == true ? chosen.map { table.columnNames[$0] } : nil)
  }
}

extension CSVTable {
  /// The places of chosen columns.
  fileprivate func columns(_ columns: CSVFormat.Columns) throws(DatasetError) -> [Int] {
    func missing(_ name: String) -> DatasetError {
      DatasetError(.missingColumn(name: name, available: columnNames), path: path)
    }
    switch columns {
    case .all: return Array(columnNames.indices)
    case .indices(let indices):
      if let index = indices.first(where: { !columnNames.indices.contains($0) }) { throw missing("\(index)") }
      return indices
    case .names(let wanted):
      var indices: [Int] = []
      for name in wanted {
        guard format.hasHeader == true, let index = columnNames.firstIndex(of: name) else { throw missing("'\(name)'") }
        indices.append(index)
      }
      return indices
    }
  }
}

extension String {
  /// A field short enough for a message.
  package var excerpt: String { count > 40 ? prefix(40) + "…" : self }
}
