import Arrays

/// How a text file lays out its columns.
public struct CSVFormat: Sendable, Equatable {
  /// The separator between the fields of a line.
  public enum Separator: Sendable, Equatable {
    case character(Character)
    /// Any run of spaces and tabs.
    case whitespace
    /// The tab, semicolon, comma or vertical bar that divides the first lines alike; white space if they have none.
    case automatic
  }

  /// Which columns are read.
  public enum Columns: Sendable, Equatable {
    case all
    /// Counted from 0, in the order wanted.
    case indices([Int])
    /// By the header's names, in the order wanted.
    case names([String])
  }

  /// What separates a number's whole part from its fraction.
  public enum Decimal: String, Sendable, CaseIterable, Codable {
    case point, comma
  }

  public var separator: Separator
  /// Whether the first line that is neither empty nor a comment names the columns; nil if it does as soon as one of its
  /// fields isn't a number.
  public var hasHeader: Bool?
  /// Lines that begin with it are skipped.
  public var comment: Character?
  public var columns: Columns
  public var decimal: Decimal

  public init(
    separator: Separator = .character(","), hasHeader: Bool? = false, comment: Character? = "#",
    columns: Columns = .all, decimal: Decimal = .point
  ) {
    self.separator = separator
    self.hasHeader = hasHeader
    self.comment = comment
    self.columns = columns
    self.decimal = decimal
  }

  /// The number that a field holds; nil for anything else, such as `nan`, `0x10` and `1e999`.
  public func number(_ field: String) -> Double? {
    var text = field.utf8.drop { $0 == 0x20 || $0 == 0x09 }
    while let last = text.last, last == 0x20 || last == 0x09 { text.removeLast() }
    let mark = UInt8(ascii: decimal == .comma ? "," : ".")
    for byte in text {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "e"),
        UInt8(ascii: "E"), mark:
        continue
      default: return nil
      }
    }
    var number = String(decoding: text, as: UTF8.self)
    if decimal == .comma { number = number.replacing(",", with: ".") }
    guard let value = Double(number), value.isFinite else { return nil }
    return value
  }
}

/// The records of a text file with columns, as RFC 4180 has them.
///
/// A field in double quotes may hold separators, line ends and, doubled, quotes. White space around fields is ignored, and
/// so are empty lines, comments and a byte-order mark. Lines end with a line feed, a carriage return, or both.
///
/// ```swift
/// let table = try CSVTable.decode(Array("name,age\nAda,36\n".utf8), CSVFormat(hasHeader: true), path: "people.csv")
/// print(table.columnNames, table[0, 1], table.line(ofRow: 0))  // ["name", "age"] 36 2
/// ```
public struct CSVTable: Sendable {
  /// What errors call the file.
  public let path: String
  /// The header's names, without one `0`, `1`, ….
  public let columnNames: [String]
  /// The format, its separator and header as they were found.
  public let format: CSVFormat
  private let text: [UInt8]
  private let fields: [CSVField]
  private let lines: [Int]

  /// - Throws: ``DatasetError`` if the file can't be read, isn't UTF-8, has no records, a record of another length, a
  ///   quote that doesn't end, or two columns of one name.
  public static func read(_ path: String, _ format: CSVFormat) throws(DatasetError) -> CSVTable {
    try decode(FileBytes.read(path), format, path: path)
  }

  /// As ``read(_:_:)``, for text in memory.
  public static func decode(_ text: [UInt8], _ format: CSVFormat, path: String) throws(DatasetError) -> CSVTable {
    do throws(DatasetError) {
      return try CSVTable(text, format, path: path)
    } catch {
      throw DatasetError(error.problem, path: path)
    }
  }

  private init(_ text: [UInt8], _ wanted: CSVFormat, path: String) throws(DatasetError) {
    guard !text.starts(with: [0xff, 0xfe]), !text.starts(with: [0xfe, 0xff]) else {
      throw DatasetError(.table(.notUTF8(line: 1)))
    }
    var format = wanted
    let start = text.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
    if format.separator == .automatic {
      format.separator = CSVReader.separator(of: text, from: start, comment: format.comment)
    }
    var reader = CSVReader(text, from: start, format)
    var first: [CSVField] = []
    guard try reader.next(&first) else { throw DatasetError(.table(.empty)) }
    let words = first.map { $0.text(in: text) }
    let width = words.count
    let hasHeader = format.hasHeader ?? words.contains { format.number($0) == nil && !$0.isEmpty }
    var fields = hasHeader ? [] : first
    var lines = hasHeader ? [] : [reader.recordLine]
    while true {
      let count = fields.count
      guard try reader.next(&fields) else { break }
      guard fields.count - count == width else {
        throw DatasetError(.wrongFieldCount(line: reader.recordLine, expected: width, actual: fields.count - count))
      }
      lines.append(reader.recordLine)
    }
    if hasHeader {
      var seen: Set<String> = []
      if let name = words.first(where: { !seen.insert($0).inserted }) {
        throw DatasetError(.table(.duplicateColumn(name: name)))
      }
      guard !lines.isEmpty else { throw DatasetError(.table(.headerOnly(columns: width))) }
    }
    format.hasHeader = hasHeader
    columnNames = hasHeader ? words : (0..<width).map(String.init)
    (self.text, self.fields, self.lines, self.format, self.path) = (text, fields, lines, format, path)
  }

  /// The number of records, without the header.
  public var rowCount: Int { lines.count }

  /// The line on which a record begins, counted from 1.
  public func line(ofRow row: Int) -> Int { lines[row] }

  /// A field's text, without its quotes.
  public subscript(row: Int, column: Int) -> String { fields[row * columnNames.count + column].text(in: text) }

  /// Whether a field is in quotes.
  public func isQuoted(row: Int, column: Int) -> Bool { fields[row * columnNames.count + column].isQuoted }

  /// The place of a column.
  /// - Throws: ``DatasetError`` if there is none of that name.
  public func column(_ name: String) throws(DatasetError) -> Int {
    guard let column = columnNames.firstIndex(of: name) else {
      throw DatasetError(.missingColumn(name: "'\(name)'", available: columnNames), path: path)
    }
    return column
  }
}

/// Where a field is in the text.
struct CSVField: Sendable {
  /// Without quotes.
  let range: Range<Int>
  let isQuoted: Bool
  /// Whether it holds quotes, which are doubled.
  let hasQuotes: Bool

  func text(in text: [UInt8]) -> String {
    let content = String(decoding: text[range], as: UTF8.self)
    return hasQuotes ? content.replacing("\"\"", with: "\"") : content
  }
}

/// Reads text record by record.
struct CSVReader {
  private let text: [UInt8]
  private let mark: [UInt8]
  private let isWhitespace: Bool
  private let comment: [UInt8]?
  private var position: Int
  private var line = 1
  /// The line on which the last record begins.
  private(set) var recordLine = 1

  init(_ text: [UInt8], from start: Int, _ format: CSVFormat) {
    (self.text, position) = (text, start)
    if case .character(let character) = format.separator { mark = Array(String(character).utf8) } else { mark = [] }
    isWhitespace = mark.isEmpty
    comment = format.comment.map { Array(String($0).utf8) }
  }

  /// Appends the next record's fields.
  /// - Returns: false if there is none.
  mutating func next(_ fields: inout [CSVField]) throws(DatasetError) -> Bool {
    repeat { skipSpaces() } while skipEmptyLine()
    guard position < text.count else { return false }
    recordLine = line
    let start = position
    while true {
      skipSpaces()
      fields.append(try field())
      skipSpaces()
      if position == text.count || endLine() { break }
      if !isWhitespace { position += mark.count }
    }
    // Comments may be in any encoding.
    if text[start..<position].contains(where: { $0 >= 0x80 }),
      String(validating: text[start..<position], as: UTF8.self) == nil
    {
      throw DatasetError(.table(.notUTF8(line: recordLine)))
    }
    return true
  }

  private mutating func field() throws(DatasetError) -> CSVField {
    if position < text.count, text[position] == UInt8(ascii: "\"") { return try quotedField() }
    let start = position
    while position < text.count, !isLineEnd, !isSeparator { position += 1 }
    var end = position
    while end > start, text[end - 1] == 0x20 || text[end - 1] == 0x09 { end -= 1 }
    return CSVField(range: start..<end, isQuoted: false, hasQuotes: false)
  }

  private mutating func quotedField() throws(DatasetError) -> CSVField {
    let (quote, opening) = (UInt8(ascii: "\""), line)
    position += 1
    let start = position
    var hasQuotes = false
    while position < text.count {
      if text[position] == quote {
        guard position + 1 < text.count, text[position + 1] == quote else { break }
        hasQuotes = true
        position += 2
      } else if !endLine() {
        position += 1
      }
    }
    guard position < text.count else { throw DatasetError(.table(.unterminatedQuote(line: opening))) }
    let range = start..<position
    position += 1
    skipSpaces()
    guard position == text.count || isLineEnd || isSeparator || isWhitespace else {
      throw DatasetError(.table(.textAfterQuote(line: line)))
    }
    return CSVField(range: range, isQuoted: true, hasQuotes: hasQuotes)
  }

  private var isLineEnd: Bool { text[position] == 0x0a || text[position] == 0x0d }

  private var isSeparator: Bool {
    if isWhitespace { return text[position] == 0x20 || text[position] == 0x09 }
    return text[position] == mark[0] && (mark.count == 1 || text[position...].starts(with: mark))
  }

  private mutating func skipSpaces() {
    while position < text.count, text[position] == 0x20 || text[position] == 0x09, isWhitespace || !isSeparator {
      position += 1
    }
  }

  /// Skips a line's end.
  private mutating func endLine() -> Bool {
    guard position < text.count, isLineEnd else { return false }
    // A carriage return and a line feed end one line.
    let isPair = text[position] == 0x0d && position + 1 < text.count && text[position + 1] == 0x0a
    position += isPair ? 2 : 1
    line += 1
    return true
  }

  /// Skips a line that is empty or a comment.
  private mutating func skipEmptyLine() -> Bool {
    guard position < text.count else { return false }
    if let comment, text[position...].starts(with: comment) {
      while position < text.count, !isLineEnd { position += 1 }
      return endLine()
    }
    return endLine()
  }

  /// The separator that divides most of the first lines into as many fields as the first, the more the better.
  static func separator(of text: [UInt8], from start: Int, comment: Character?) -> CSVFormat.Separator {
    let candidates = ["\t", ";", ",", "|"] as [Character]
    let bytes = candidates.map { $0.asciiValue ?? 0 }
    let comment = comment?.asciiValue
    var counts: [[Int]] = []
    var hasSpaces: [Bool] = []
    var (current, length, isQuoted, isSkipped, spaces, content) = ([0, 0, 0, 0], 0, false, false, false, false)
    var position = start
    while position <= text.count, counts.count < 20 {
      let byte = position < text.count ? text[position] : 0x0a
      position += 1
      if !isQuoted || position > text.count, byte == 0x0a || byte == 0x0d {
        if length > 0, !isSkipped {
          counts.append(current)
          hasSpaces.append(content)
        }
        (current, length, isQuoted, isSkipped, spaces, content) = ([0, 0, 0, 0], 0, false, false, false, false)
        continue
      }
      if length == 0, byte == comment { isSkipped = true }
      if byte == 0x20 {
        spaces = spaces || length > 0
      } else {
        length += 1
        content = content || spaces
      }
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if !isQuoted, let place = bytes.firstIndex(of: byte) { current[place] += 1 }
    }
    guard let first = counts.first else { return .character(",") }
    func alike(_ place: Int) -> Int { counts.count { $0[place] == first[place] } }
    let found = candidates.indices.filter { first[$0] > 0 }
    guard let best = found.max(by: { (alike($0), first[$0]) < (alike($1), first[$1]) }) else {
      return hasSpaces.allSatisfy(\.self) ? .whitespace : .character(",")
    }
    return .character(candidates[best])
  }
}
