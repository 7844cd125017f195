extension TextTable {
  /// The table in columns, each line ended by a newline and free of trailing spaces.
  ///
  /// - Parameter colors: what the terminal can show; ``Terminal/Colors/none`` writes no escape sequences.
  public func text(colors: Terminal.Colors = .none) -> String {
    let columns = allColumns
    guard !columns.isEmpty else { return "" }
    let headers = columns.map { TerminalText.printable($0.header) }
    let body: [[(text: String, style: TextStyle)]?] = rows.map { row in
      guard case .cells(let cells) = row else { return nil }
      return padded(cells, to: columns.count).map { (TerminalText.printable($0.text), $0.style) }
    }
    var fitted = body
    var widths: [Int] = []
    for (index, column) in columns.enumerated() {
      let texts = body.map { $0?[index].text }
      let aligned = column.alignment == .decimal ? Self.decimals(texts) : texts
      for row in fitted.indices { if let text = aligned[row] { fitted[row]?[index].text = text } }
      widths.append(max(aligned.compactMap { $0.map(DisplayWidth.of) }.max() ?? 0, DisplayWidth.of(headers[index])))
    }
    let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
    var lines: [String] = []
    func add(_ cells: [(text: String, style: TextStyle)]) {
      var line = ""
      // Spaces are written when something follows them, so that no line ends in any.
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
      lines.append(rule)
    }
    for row in fitted { if let row { add(row) } else { lines.append(rule) } }
    return lines.map { $0 + "\n" }.joined()
  }

  /// The texts, numbers filled up with spaces behind so that their points meet.
  private static func decimals(_ texts: [String?]) -> [String?] {
    func fraction(_ text: String) -> Substring? {
      guard text.contains(where: \.isNumber) else { return nil }
      guard let point = text.firstIndex(of: ".") else {
        return text[text.index(after: text.lastIndex(where: \.isNumber) ?? text.startIndex)...]
      }
      return text[point...]
    }
    let longest = texts.compactMap { $0.flatMap(fraction).map { DisplayWidth.of(String($0)) } }.max() ?? 0
    return texts.map { text in
      text.map { $0 + String(repeating: " ", count: longest - (fraction($0).map { DisplayWidth.of(String($0)) } ?? 0)) }
    }
  }
}
