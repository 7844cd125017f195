/// A table for the terminal, Markdown, CSV, LaTeX and HTML.
///
/// Rows may be shorter or longer than the header: missing cells are empty, and additional cells are in columns without
/// a name.
public struct TextTable: Sendable, Equatable {
  public var columns: [TableColumn]
  public var rows: [[TableCell]]

  public init(_ columns: [TableColumn], rows: [[TableCell]] = []) {
    self.columns = columns
    self.rows = rows
  }

  /// Adds a row.
  public mutating func append(_ cells: [TableCell]) {
    rows.append(cells)
  }

  /// The columns, including unnamed ones for additional cells.
  var allColumns: [TableColumn] {
    let widest = rows.reduce(columns.count) { max($0, $1.count) }
    return columns + Array(repeating: TableColumn(""), count: widest - columns.count)
  }

  /// Whether any column has a header.
  var hasHeader: Bool { columns.contains { !$0.header.isEmpty } }

  /// The rows, each with a cell for every column.
  var paddedRows: [[TableCell]] {
    let count = allColumns.count
    return rows.map { $0 + Array(repeating: TableCell(""), count: count - $0.count) }
  }
}

/// One cell of a ``TextTable``.
public struct TableCell: Sendable, Equatable, ExpressibleByStringInterpolation {
  public var text: String
  public var style: TextStyle

  public init(_ text: String, style: TextStyle = .plain) {
    self.text = text
    self.style = style
  }

  public init(stringLiteral text: String) {
    self.init(text)
  }
}

/// A column of a ``TextTable``.
public struct TableColumn: Sendable, Equatable, ExpressibleByStringLiteral {
  /// The horizontal alignment of the cells of a column.
  public enum Alignment: Sendable, Equatable {
    case left, center, right
    /// Aligned at the decimal point. Text without a number ends where integer parts do.
    case decimal
  }

  public var header: String
  public var alignment: Alignment

  public init(_ header: String, _ alignment: Alignment = .left) {
    self.header = header
    self.alignment = alignment
  }

  public init(stringLiteral header: String) {
    self.init(header)
  }
}

/// The meaning of a piece of text, shown by weight or colour.
public enum TextStyle: Sendable, Equatable {
  case plain
  /// Headings, or the best value of a column.
  case strong
  /// Less important than the rest.
  case muted
  /// An improvement or success.
  case positive
  /// A regression or failure.
  case negative
  case warning
}

extension TextTable {
  /// The table in aligned columns. Every line ends with a newline and has no trailing spaces.
  ///
  /// - Parameter colors: those that the terminal supports; ``Terminal/Colors/none`` writes no escape sequences.
  public func text(colors: Terminal.Colors = .none) -> String {
    let columns = allColumns
    guard !columns.isEmpty else { return "" }
    let headers = columns.map { Markup.terminal($0.header) }
    var body = paddedRows.map { $0.map { (text: Markup.terminal($0.text), style: $0.style) } }
    var widths: [Int] = []
    for (index, column) in columns.enumerated() {
      if column.alignment == .decimal {
        for (row, text) in Self.decimals(body.map { $0[index].text }).enumerated() { body[row][index].text = text }
      }
      widths.append(([headers[index]] + body.map { $0[index].text }).map(DisplayWidth.of).max() ?? 0)
    }
    var lines: [String] = []
    func add(_ cells: [(text: String, style: TextStyle)]) {
      var line = ""
      // Spaces are written only before further text, so that no line ends with them.
      var pending = ""
      for (index, cell) in cells.enumerated() {
        let room = widths[index] - DisplayWidth.of(cell.text)
        let before =
          switch columns[index].alignment {
          case .left: 0
          case .center: room / 2
          case .right, .decimal: room
          }
        let trimmed = cell.text.reversed().prefix { $0 == " " }.count
        let text = String(cell.text.dropLast(trimmed))
        if text.isEmpty {
          pending += String(repeating: " ", count: widths[index] + 2)
          continue
        }
        line += pending + String(repeating: " ", count: before) + TerminalText.styled(text, cell.style, colors: colors)
        pending = String(repeating: " ", count: room - before + trimmed + 2)
      }
      lines.append(line)
    }
    if hasHeader {
      add(headers.map { ($0, .strong) })
      lines.append(widths.map { String(repeating: "─", count: $0) }.joined(separator: "  "))
    }
    for row in body { add(row) }
    return lines.map { $0 + "\n" }.joined()
  }

  /// The texts, padded at the end so that the decimal points of numbers line up.
  private static func decimals(_ texts: [String]) -> [String] {
    let fractions = texts.map { text -> Int? in
      guard let last = text.lastIndex(where: \.isNumber) else { return nil }
      return DisplayWidth.of(String(text[(text.firstIndex(of: ".") ?? text.index(after: last))...]))
    }
    let longest = fractions.compactMap(\.self).max() ?? 0
    return zip(texts, fractions).map { $0 + String(repeating: " ", count: longest - ($1 ?? 0)) }
  }
}
