extension TextTable {
  /// A GitHub-flavoured Markdown table. Markup within cells is shown as it is written.
  public func markdown() -> String {
    let columns = allColumns
    guard !columns.isEmpty else { return "" }
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
    let separators = columns.map { column in
      switch column.alignment {
      case .left: ":---"
      case .center: ":---:"
      case .right, .decimal: "---:"
      }
    }
    return line(columns.map { Markup.markdown($0.header) }) + line(separators)
      + paddedRows.map { row in
        line(
          row.map { cell in
            let text = Markup.markdown(cell.text)
            return cell.style == .strong && !text.isEmpty ? "**\(text)**" : text
          })
      }.joined()
  }

  /// Comma-separated values as RFC 4180 defines them: lines end in CRLF; fields with commas, quotes or line breaks are
  /// quoted.
  public func csv() -> String {
    func line(_ cells: [String]) -> String {
      cells.map { cell in
        // By scalars: CR and LF together are one character.
        let isSpecial = cell.unicodeScalars.contains { ["\"", ",", "\r", "\n"].contains($0) }
        return isSpecial ? "\"" + cell.replacing("\"", with: "\"\"") + "\"" : cell
      }.joined(separator: ",") + "\r\n"
    }
    return (hasHeader ? line(allColumns.map(\.header)) : "") + paddedRows.map { line($0.map(\.text)) }.joined()
  }

  /// A LaTeX `tabular` in the style of `booktabs`. The document has to load that package, and `amssymb` for check
  /// marks.
  public func latex() -> String {
    let columns = allColumns
    guard !columns.isEmpty else { return "" }
    func line(_ cells: [String]) -> String { "  " + cells.joined(separator: " & ") + " \\\\\n" }
    let specification = columns.map { column in
      switch column.alignment {
      case .left: "l"
      case .center: "c"
      case .right, .decimal: "r"
      }
    }.joined()
    var result = "\\begin{tabular}{\(specification)}\n  \\toprule\n"
    if hasHeader { result += line(columns.map { Markup.latex($0.header) }) + "  \\midrule\n" }
    for row in paddedRows {
      result += line(
        row.map { cell in
          let text = Markup.latex(cell.text)
          return cell.style == .strong && !text.isEmpty ? "\\textbf{\(text)}" : text
        })
    }
    return result + "  \\bottomrule\n\\end{tabular}\n"
  }

  /// An HTML `table`. Styles are the classes `strong`, `muted`, `positive`, `negative` and `warning`.
  public func html() -> String {
    let columns = allColumns
    func cell(_ element: String, _ text: String, _ style: TextStyle, _ column: TableColumn) -> String {
      let alignment =
        switch column.alignment {
        case .left: "left"
        case .center: "center"
        case .right, .decimal: "right"
        }
      let name = style == .plain ? "" : " class=\"\(style)\""
      return "<\(element)\(name) style=\"text-align:\(alignment)\">\(Markup.escaped(text))</\(element)>"
    }
    var result = "<table>\n"
    if hasHeader {
      result += "<thead>\n<tr>" + columns.map { cell("th", $0.header, .plain, $0) }.joined() + "</tr>\n</thead>\n"
    }
    result += "<tbody>\n"
    for row in paddedRows {
      result += "<tr>" + zip(row, columns).map { cell("td", $0.text, $0.style, $1) }.joined() + "</tr>\n"
    }
    return result + "</tbody>\n</table>\n"
  }
}
