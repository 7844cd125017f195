extension TextTable {
  /// A GitHub-flavoured Markdown table. Markup within cells is shown, not obeyed; lines across are left out,
  /// since Markdown knows only the one below the header.
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
    return line(columns.map { Self.markdown($0.header) }) + line(separators)
      + cellRows.map { row in
        line(
          row.map { cell in
            let text = Self.markdown(cell.text)
            return cell.style == .strong && !text.isEmpty ? "**\(text)**" : text
          })
      }.joined()
  }

  /// Comma-separated values by RFC 4180: lines end in CRLF, and fields with commas, quotes or line breaks are quoted.
  public func csv() -> String {
    func line(_ cells: [String]) -> String {
      cells.map { cell in
        // By scalars: CR and LF together are one character.
        let isSpecial = cell.unicodeScalars.contains { ["\"", ",", "\r", "\n"].contains($0) }
        return isSpecial ? "\"" + cell.replacing("\"", with: "\"\"") + "\"" : cell
      }.joined(separator: ",") + "\r\n"
    }
    return (hasHeader ? line(allColumns.map(\.header)) : "") + cellRows.map { line($0.map(\.text)) }.joined()
  }

  /// A LaTeX `tabular` in the style of the package `booktabs`, which the document has to load, as it has
  /// to load `amssymb` for check marks.
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
    if hasHeader { result += line(columns.map { Self.latex($0.header) }) + "  \\midrule\n" }
    for row in rows {
      guard case .cells(let cells) = row else {
        result += "  \\midrule\n"
        continue
      }
      result += line(
        padded(cells, to: columns.count).map { cell in
          let text = Self.latex(cell.text)
          return cell.style == .strong && !text.isEmpty ? "\\textbf{\(text)}" : text
        })
    }
    return result + "  \\bottomrule\n\\end{tabular}\n"
  }

  /// An HTML `table`; styles are the classes `strong`, `muted`, `positive`, `negative` and `warning`, and the first row
  /// after a line across has the class `rule`.
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
    var isRuled = false
    for row in rows {
      guard case .cells(let cells) = row else {
        isRuled = true
        continue
      }
      result += isRuled ? "<tr class=\"rule\">" : "<tr>"
      result +=
        zip(padded(cells, to: columns.count), columns).map { cell("td", $0.text, $0.style, $1) }.joined() + "</tr>\n"
      isRuled = false
    }
    return result + "</tbody>\n</table>\n"
  }

  private var cellRows: [[TableCell]] {
    let count = allColumns.count
    return rows.compactMap { row in
      if case .cells(let cells) = row { padded(cells, to: count) } else { nil }
    }
  }

  /// Every ASCII character that CommonMark gives a meaning within a line is escaped by a backslash.
  package static func markdown(_ text: String) -> String {
    var result = ""
    for scalar in text.replacing("\r\n", with: "\n").unicodeScalars {
      switch scalar {
      case "\n", "\r": result += "<br>"
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "|", "\\", "`", "*", "_", "[", "]", "~": result += "\\\(scalar)"
      case "\t": result += " "
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}": result.unicodeScalars.append("\u{FFFD}")
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  package static func latex(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\textbackslash{}"
      case "~": result += "\\textasciitilde{}"
      case "^": result += "\\textasciicircum{}"
      case "<": result += "\\textless{}"
      case ">": result += "\\textgreater{}"
      case "{", "}", "$", "&", "#", "_", "%": result += "\\\(scalar)"
      // A bracket after a line's end would be read as its argument.
      case "[", "]": result += "{\(scalar)}"
      case "−": result += "$-$"
      case "±": result += "$\\pm$"
      case "×": result += "$\\times$"
      case "–": result += "--"
      case "✓": result += "\\checkmark{}"
      case "✗": result += "$\\times$"
      case "\u{202F}": result += "\\,"
      case "’": result += "'"
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}": result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
