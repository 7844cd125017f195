/// How much room text takes in the sans-serif fonts of the system, estimated somewhat too large rather than too small.
enum TextMetrics {
  /// The width of `text` in pixels at a font size in pixels.
  static func width(_ text: String, size: Double) -> Double {
    text.reduce(0) { $0 + advance($1) } * size
  }

  /// `text`, or its beginning and an ellipsis where it is wider than `width`.
  static func truncated(_ text: String, size: Double, width limit: Double) -> String {
    var used = 0.0
    var kept = ""
    let room = limit / size - advance("…")
    for (index, character) in text.enumerated() {
      used += advance(character)
      if used > room {
        // The rest may still fit in the place the ellipsis would take.
        let rest = text.dropFirst(index)
        if rest.count < 4, width(text, size: size) <= limit { return text }
        return kept + "…"
      }
      kept.append(character)
    }
    return text
  }

  /// `text` broken at spaces into at most `lines` lines, the last one truncated.
  static func wrapped(_ text: String, size: Double, width limit: Double, lines: Int) -> [String] {
    var result: [String] = []
    var words = text.split(whereSeparator: \.isWhitespace).map(String.init)[...]
    while !words.isEmpty, result.count < lines {
      if result.count == lines - 1 {
        result.append(truncated(words.joined(separator: " "), size: size, width: limit))
        break
      }
      var line = words.removeFirst()
      while let next = words.first, width(line + " " + next, size: size) <= limit {
        line += " " + next
        words.removeFirst()
      }
      result.append(truncated(line, size: size, width: limit))
    }
    return result
  }

  /// The advance of one character in em.
  private static func advance(_ character: Character) -> Double {
    guard let ascii = character.asciiValue else {
      return DisplayWidth.of(character) == 2 ? 1.02 : DisplayWidth.of(character) == 0 ? 0 : 0.62
    }
    switch Character(UnicodeScalar(ascii)) {
    case "i", "j", "l", "'", "|", ".", ",", ":", ";", "!", "I": return 0.3
    case "f", "t", "r", "(", ")", "[", "]", "{", "}", "/", "\\", " ", "-", "\"", "`": return 0.38
    case "m", "w", "M", "W", "@", "%": return 0.9
    case "A"..."Z", "&", "+", "=", "<", ">", "~", "#": return 0.72
    default: return 0.6
    }
  }
}
