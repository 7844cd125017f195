import Arrays

/// How a text file lays out its columns.
public struct CSVFormat: Sendable, Equatable {
  /// The separator between the fields of a line.
  public enum Separator: Sendable, Equatable {
    case character(Character)
    /// Any run of spaces and tabs.
    case whitespace
  }

  /// Which columns are read.
  public enum Columns: Sendable, Equatable {
    case all
    /// Counted from 0, in the order wanted.
    case indices([Int])
    /// By the header's names, in the order wanted.
    case names([String])
  }

  public var separator: Separator
  /// Whether the first line that is neither empty nor a comment names the columns.
  public var hasHeader: Bool
  /// Lines that begin with it are skipped.
  public var comment: Character?
  public var columns: Columns

  public init(
    separator: Separator = .character(","), hasHeader: Bool = false, comment: Character? = "#",
    columns: Columns = .all
  ) {
    self.separator = separator
    self.hasHeader = hasHeader
    self.comment = comment
    self.columns = columns
  }
}

/// A table of numbers read from text: a time series with a row per step.
public struct CSVSeries: Sendable, Equatable {
  /// float64 [rows, columns].
  public let values: HostArray
  /// The names of the columns read, if there is a header.
  public let columnNames: [String]?

  /// Reads a file; one number per line is a table of one column. Empty lines are skipped. White space
  /// and one pair of double quotes around a field are ignored; separators within quotes aren't supported.
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
    let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]
    let comment = format.comment.map { Array(String($0).utf8) }
    var names: [String]?
    var chosen: [Int]?
    var width = 0
    var values: [Double] = []
    var line = 0
    var start = text.starts(with: byteOrderMark) ? 3 : 0
    while start < text.count {
      let end = text[start...].firstIndex { $0 == 0x0a || $0 == 0x0d } ?? text.count
      let content = trimmed(text[start..<end])
      line += 1
      // A carriage return and a line feed end one line.
      start = end + 1
      if end < text.count, text[end] == 0x0d, start < text.count, text[start] == 0x0a { start += 1 }
      if content.isEmpty || comment.map({ content.starts(with: $0) }) == true { continue }
      let fields = fields(of: content, format.separator)
      if format.hasHeader, names == nil {
        names = fields.map { String(decoding: $0, as: UTF8.self) }
        continue
      }
      if chosen == nil {
        chosen = try choice(format.columns, names, fields.count, path: path)
        width = names?.count ?? fields.count
      }
      guard fields.count == width else {
        throw DatasetError(
          .wrongFieldCount(line: line, expected: width, actual: fields.count), path: path)
      }
      for column in chosen ?? [] {
        let field = String(decoding: fields[column], as: UTF8.self)
        guard let value = Double(field), value.isFinite else {
          throw DatasetError(.malformedField(line: line, column: column, text: excerpt(field)), path: path)
        }
        values.append(value)
      }
    }
    guard let chosen, !chosen.isEmpty else { throw DatasetError(.noRows, path: path) }
    return CSVSeries(
      values: try .make(
        .float64, [values.count / chosen.count, chosen.count], values.withUnsafeBytes { Array($0) }, path: path),
      columnNames: names.map { names in chosen.map { names[$0] } })
  }

  private static func choice(
    _ columns: CSVFormat.Columns, _ names: [String]?, _ fieldCount: Int, path: String
  ) throws(DatasetError) -> [Int] {
    let count = names?.count ?? fieldCount
    let available = names ?? (0..<count).map(String.init)
    func missing(_ name: String) -> DatasetError {
      DatasetError(.missingColumn(name: name, available: available), path: path)
    }
    switch columns {
    case .all: return Array(0..<count)
    case .indices(let indices):
      if let index = indices.first(where: { !(0..<count).contains($0) }) { throw missing("\(index)") }
      return indices
    case .names(let wanted):
      var indices: [Int] = []
      for name in wanted {
        guard let index = names?.firstIndex(of: name) else { throw missing("'\(name)'") }
        indices.append(index)
      }
      return indices
    }
  }

  private static func fields(of line: ArraySlice<UInt8>, _ separator: CSVFormat.Separator) -> [ArraySlice<UInt8>] {
    switch separator {
    case .whitespace: return line.split { $0 == 0x20 || $0 == 0x09 }.map(unquoted)
    case .character(let character):
      let mark = Array(String(character).utf8)
      if mark.count == 1 {
        return line.split(separator: mark[0], omittingEmptySubsequences: false).map(unquoted)
      }
      return line.split(separator: mark, omittingEmptySubsequences: false).map(unquoted)
    }
  }

  private static func unquoted(_ field: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let field = trimmed(field)
    let quote = UInt8(ascii: "\"")
    guard field.count >= 2, field.first == quote, field.last == quote else { return field }
    return trimmed(field.dropFirst().dropLast())
  }

  private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    var rest = text.drop(while: isSpace)
    while let last = rest.last, isSpace(last) { rest.removeLast() }
    return rest
  }

  /// A field short enough for a message.
  private static func excerpt(_ field: String) -> String {
    field.count > 40 ? field.prefix(40) + "…" : field
  }
}
