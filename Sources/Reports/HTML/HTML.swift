import Figures

/// HTML that can't be broken from within: literals are markup, strings put into them are escaped.
///
/// ```swift
/// let cell: HTML = "<td>\(arm.name)</td>"
/// ```
/// Documents are written so that they are well-formed XML as well: every element is closed, every attribute quoted.
package struct HTML: Sendable, Equatable, ExpressibleByStringInterpolation {
  package private(set) var text: String

  package init(stringLiteral value: String) { text = value }

  package init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

  /// Takes markup from another source at its word, such as a figure's SVG.
  package init(markup: String) { text = markup }

  package static let empty = HTML(markup: "")

  package static func + (one: HTML, other: HTML) -> HTML { HTML(markup: one.text + other.text) }

  package static func += (one: inout HTML, other: HTML) { one.text += other.text }

  package var isEmpty: Bool { text.isEmpty }

  package struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var text = ""

    package init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }

    package mutating func appendLiteral(_ literal: String) { text += literal }

    package mutating func appendInterpolation(_ string: some StringProtocol) {
      text += Markup.escaped(String(string), keepsLines: true)
    }

    package mutating func appendInterpolation(_ number: Int) { text += "\(number)" }

    package mutating func appendInterpolation(_ html: HTML) { text += html.text }

    package mutating func appendInterpolation(_ parts: [HTML]) { for part in parts { text += part.text } }
  }
}

extension [HTML] {
  package func joined(by separator: HTML = .empty) -> HTML {
    HTML(markup: map(\.text).joined(separator: separator.text))
  }
}

/// A table that sorts by a click on a column's name; without scripts it stays as it was written.
package struct HTMLTable: Sendable {
  package enum Kind: String, Sendable {
    /// Sorted as words.
    case text
    /// Aligned right and sorted by value.
    case number
  }

  package struct Column: Sendable {
    package var name: HTML
    package var kind: Kind
    /// What the name means, shown on hovering.
    package var hint: String

    package init(_ name: HTML, _ kind: Kind = .text, hint: String = "") {
      self.name = name
      self.kind = kind
      self.hint = hint
    }
  }

  package struct Cell: Sendable {
    package var content: HTML
    /// What the column is sorted by; nil goes last.
    package var key: Double?
    /// A CSS class.
    package var style: String

    package init(_ content: HTML, key: Double? = nil, style: String = "") {
      self.content = content
      self.key = key
      self.style = style
    }
  }

  package var caption: String
  package var columns: [Column]
  package var rows: [(cells: [Cell], style: String)] = []
  package var isSortable: Bool

  package init(_ caption: String, _ columns: [Column], isSortable: Bool = false) {
    self.caption = caption
    self.columns = columns
    self.isSortable = isSortable
  }

  package mutating func append(_ cells: [Cell], style: String = "") { rows.append((cells, style)) }

  /// In a frame that scrolls sideways where the window is narrow. The first column names the row.
  package var html: HTML {
    let heads = columns.map { column -> HTML in
      let hint: HTML = column.hint.isEmpty ? "" : " title=\"\(column.hint)\""
      return "<th scope=\"col\" class=\"\(column.kind.rawValue)\"\(hint)>\(column.name)</th>"
    }
    let body = rows.map { row -> HTML in
      let cells = zip(row.cells, columns).enumerated().map { index, pair in
        Self.cell(pair.0, pair.1, isName: index == 0)
      }
      let style: HTML = row.style.isEmpty ? "" : " class=\"\(row.style)\""
      return "<tr\(style)>\(cells)</tr>\n"
    }
    // Few columns, drawn far apart, are hard to read along.
    let classes = PageFold.attributes(
      caption, style: [isSortable ? "sortable" : "", columns.count < 5 ? "few" : ""], count: rows.count)
    return """
      <div class="scroll" tabindex="0" role="region" aria-label="\(caption)">
      <table\(classes)>
      <caption>\(caption)</caption>
      <thead><tr>\(heads)</tr></thead>
      <tbody>
      \(body)</tbody>
      </table>
      </div>

      """
  }

  private static func cell(_ cell: Cell, _ column: Column, isName: Bool) -> HTML {
    let style = [column.kind.rawValue, cell.style].filter { !$0.isEmpty }.joined(separator: " ")
    let key: HTML = cell.key.map { " data-key=\"\("\($0)")\"" } ?? ""
    return isName
      ? "<th scope=\"row\" class=\"\(style)\"\(key)>\(cell.content)</th>"
      : "<td class=\"\(style)\"\(key)>\(cell.content)</td>"
  }
}
