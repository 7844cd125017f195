/// A table for the terminal, which also writes itself as Markdown, CSV, LaTeX and HTML.
///
/// Rows may be shorter or longer than the header: missing cells are empty, and cells beyond the last column
/// get a column without a name.
public struct TextTable: Sendable, Equatable {
  /// A row of cells or a line across the table.
  public enum Row: Sendable, Equatable {
    case cells([TableCell])
    case rule
  }

  public var columns: [TableColumn]
  public var rows: [Row]

  public init(_ columns: [TableColumn], rows: [Row] = []) {
    self.columns = columns
    self.rows = rows
  }

  /// Adds a row.
  public mutating func append(_ cells: [TableCell]) {
    rows.append(.cells(cells))
  }

  /// Draws a line below what was appended so far. CSV has no lines and leaves it out.
  public mutating func appendRule() {
    rows.append(.rule)
  }

  /// The columns with those that rows reach beyond them.
  var allColumns: [TableColumn] {
    let widest = rows.reduce(columns.count) { count, row in
      if case .cells(let cells) = row { max(count, cells.count) } else { count }
    }
    return columns + Array(repeating: TableColumn(""), count: widest - columns.count)
  }

  /// Whether there is a header to write.
  var hasHeader: Bool { columns.contains { !$0.header.isEmpty } }

  /// `cells` as many as there are columns.
  func padded(_ cells: [TableCell], to count: Int) -> [TableCell] {
    cells + Array(repeating: TableCell(""), count: max(0, count - cells.count))
  }
}
