/// Text made safe for the formats it is written to.
///
/// Each format is a table of replacements. Control characters, which none of the formats can carry, become U+FFFD.
package enum Markup {
  /// Text for XML and HTML, in content and in quoted attributes alike. Characters that XML 1.0 cannot hold
  /// (https://www.w3.org/TR/xml/#charsets) are replaced.
  ///
  /// - Parameter keepsLines: whether line breaks and tabs stay, as in preformatted text; otherwise they become spaces.
  package static func escaped(_ text: String, keepsLines: Bool = false) -> String {
    replacing(text) { scalar in
      switch scalar {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      case "\"": "&quot;"
      case "'": "&#39;"
      case "\t", "\n": keepsLines ? String(scalar) : " "
      case "\r": keepsLines ? "" : " "
      case "\u{FFFE}", "\u{FFFF}": "\u{FFFD}"
      default: nil
      }
    }
  }

  /// Text for Markdown. A backslash precedes every ASCII character to which CommonMark gives a meaning within a line.
  package static func markdown(_ text: String) -> String {
    replacing(text.replacing("\r\n", with: "\n")) { scalar in
      switch scalar {
      case "\n", "\r": "<br>"
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      case "|", "\\", "`", "*", "_", "[", "]", "~": "\\\(scalar)"
      case "\t": " "
      default: nil
      }
    }
  }

  /// Text for LaTeX. A document needs the package `amssymb` for check marks.
  package static func latex(_ text: String) -> String {
    replacing(text, control: " ") { scalar in
      switch scalar {
      case "\\": "\\textbackslash{}"
      case "~": "\\textasciitilde{}"
      case "^": "\\textasciicircum{}"
      case "<": "\\textless{}"
      case ">": "\\textgreater{}"
      case "{", "}", "$", "&", "#", "_", "%": "\\\(scalar)"
      // A bracket after the end of a line would be read as its argument.
      case "[", "]": "{\(scalar)}"
      case "−": "$-$"
      case "±": "$\\pm$"
      case "×": "$\\times$"
      case "–": "--"
      case "✓": "\\checkmark{}"
      case "✗": "$\\times$"
      case "\u{202F}": "\\,"
      case "’": "'"
      default: nil
      }
    }
  }

  /// Text for a terminal, without anything that moves the cursor or starts an escape sequence: names come from files.
  package static func terminal(_ text: String) -> String {
    // CR and LF together are one line break.
    replacing(text.replacing("\r\n", with: " ")) { scalar in
      switch scalar {
      case "\t", "\n", "\r": " "
      case "\u{2028}", "\u{2029}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": "\u{FFFD}"
      default: nil
      }
    }
  }

  /// - Parameters:
  ///   - control: what takes the place of control characters that `replacement` leaves alone.
  ///   - replacement: the text for a character; `nil` keeps it.
  private static func replacing(
    _ text: String, control: String = "\u{FFFD}", _ replacement: (Unicode.Scalar) -> String?
  ) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if let text = replacement(scalar) {
        result += text
      } else if scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) {
        result += control
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
