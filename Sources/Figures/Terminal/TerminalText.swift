/// Text made fit for a terminal.
package enum TerminalText {
  /// Without anything that moves the cursor or starts an escape sequence: names come from files.
  package static func printable(_ text: String) -> String {
    // Line breaks first: CR and LF together are one character.
    var result = ""
    for scalar in text.replacing("\r\n", with: " ").unicodeScalars {
      switch scalar {
      case "\t", "\n", "\r": result += " "
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}", "\u{202A}"..."\u{202E}",
        "\u{2066}"..."\u{2069}":
        result.unicodeScalars.append("\u{FFFD}")
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  package static func styled(_ text: String, _ style: TextStyle, colors: Terminal.Colors) -> String {
    guard colors != .none, !text.isEmpty else { return text }
    let code =
      switch style {
      case .plain: ""
      case .strong: "1"
      case .muted: "2"
      case .positive: "32"
      case .negative: "31"
      case .warning: "33"
      }
    return code.isEmpty ? text : "\u{1B}[\(code)m\(text)\u{1B}[0m"
  }

  /// `text` in the colour of a series.
  static func colored(_ text: String, slot: Int, colors: Terminal.Colors) -> String {
    let basic = [34, 31, 32, 33, 35, 36, 94, 91, 92, 93, 95, 96]
    return switch colors {
    case .none: text
    case .basic: "\u{1B}[\(basic[slot % basic.count])m\(text)\u{1B}[0m"
    case .extended: "\u{1B}[38;5;\(Palette.color(slot).terminal)m\(text)\u{1B}[0m"
    }
  }

  /// The beginning of `text` that fits into so many columns.
  static func truncated(_ text: String, columns: Int) -> String {
    guard DisplayWidth.of(text) > columns else { return text }
    var (kept, used) = ("", 1)
    for character in text {
      used += DisplayWidth.of(character)
      if used > columns { break }
      kept.append(character)
    }
    return columns > 0 ? kept + "…" : ""
  }

  /// `text` and spaces up to so many columns.
  static func filled(_ text: String, columns: Int, atEnd: Bool = true) -> String {
    let spaces = String(repeating: " ", count: max(0, columns - DisplayWidth.of(text)))
    return atEnd ? text + spaces : spaces + text
  }
}
