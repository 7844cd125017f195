/// Text made safe for XML and HTML.
package enum Markup {
  /// Escapes what has a meaning in XML, in text and in quoted attributes alike, and replaces
  /// what XML 1.0 can't hold at all (https://www.w3.org/TR/xml/#charsets).
  ///
  /// - Parameter keepsLines: whether line breaks and tabs stay, as in preformatted text; else they become spaces.
  package static func escaped(_ text: String, keepsLines: Bool = false) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\t" where keepsLines, "\n" where keepsLines: result.unicodeScalars.append(scalar)
      case "\r" where keepsLines: break
      case "\t", "\n", "\r": result += " "
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": result.unicodeScalars.append("\u{FFFD}")
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// A length in pixels with at most two decimals.
  static func number(_ value: Double) -> String {
    guard let hundredths = (value * 100).integer else { return "0" }
    let (whole, rest) = (hundredths.magnitude / 100, hundredths.magnitude % 100)
    let sign = hundredths < 0 ? "-" : ""
    if rest == 0 { return sign + "\(whole)" }
    return sign + "\(whole)." + (rest % 10 == 0 ? "\(rest / 10)" : rest < 10 ? "0\(rest)" : "\(rest)")
  }
}
