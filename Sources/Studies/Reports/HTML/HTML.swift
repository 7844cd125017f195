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
