/// The estimated width of text in sans-serif system fonts, rather too large than too small.
enum TextMetrics {
  /// The width of `text` in pixels at a font size in pixels.
  static func width(_ text: String, size: Double) -> Double {
    text.reduce(0) { $0 + advance($1) } * size
  }

  /// `text`, shortened with an ellipsis if it is wider than `width`.
  static func truncated(_ text: String, size: Double, width limit: Double) -> String {
    var used = 0.0
    var kept = ""
    let room = limit / size - advance("…")
    for (index, character) in text.enumerated() {
      used += advance(character)
      if used > room {
        // The rest may fit into the space of the ellipsis.
        let rest = text.dropFirst(index)
        if rest.count < 4, width(text, size: size) <= limit { return text }
        return kept + "…"
      }
      kept.append(character)
    }
    return text
  }

  /// `text` wrapped at spaces into at most `lines` lines, the last of which is truncated.
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

/// The width of text on a terminal, in columns.
package enum DisplayWidth {
  package static func of(_ text: String) -> Int { text.reduce(0) { $0 + of($1) } }

  /// Two for wide East Asian characters and emoji, zero for combining characters.
  package static func of(_ character: Character) -> Int {
    if let ascii = character.asciiValue { return ascii >= 0x20 && ascii != 0x7F ? 1 : 0 }
    let scalars = character.unicodeScalars
    if scalars.contains(where: { $0.properties.isEmojiPresentation || $0.value == 0xFE0F }) { return 2 }
    return scalars.reduce(0) { $0 + of($1) }
  }

  private static func of(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.value {
    case 0xFF9E, 0xFF9F: return 1  // Halfwidth voicing marks take a column of their own.
    case 0x1160...0x11FF, 0xD7B0...0xD7FF: return 0  // Jamo that join the preceding syllable.
    default: break
    }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control, .lineSeparator, .paragraphSeparator: return 0
    default: return wide.contains(where: { $0.contains(scalar.value) }) ? 2 : 1
    }
  }

  /// The wide and fullwidth blocks of Unicode Standard Annex 11 that hold text.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
    0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60,
    0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1F200...0x1F265, 0x20000...0x2FFFD, 0x30000...0x3FFFD,
  ]
}
