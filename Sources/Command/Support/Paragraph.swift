import Tanren

/// Text broken into lines of a terminal's width.
enum Paragraph {
  /// - Parameter indent: columns in front of each line but the first, which has `label` in its place.
  static func text(_ text: String, label: String = "", indent: Int, width: Int) -> String {
    let room = max(24, width - 1)
    var lines: [String] = []
    var line = label + String(repeating: " ", count: max(label.isEmpty ? indent : 1, indent - label.count))
    var isEmpty = true
    for word in text.split(separator: " ") {
      if !isEmpty, line.count + 1 + word.count > room {
        lines.append(line)
        (line, isEmpty) = (String(repeating: " ", count: indent), true)
      }
      line += (isEmpty ? "" : " ") + word
      isEmpty = false
    }
    return (lines + [line]).joined(separator: "\n") + "\n"
  }
}
