/// Methods with options in YAML: `sgd(rate: 0.1)`, or a list that holds some.
///
/// YAML takes the colon within for the end of a key, so such a value would have to stand in quotes. What
/// plainly is a method, from the start of a value to the end of its line, is quoted before YAML sees it.
enum MethodNotation {
  /// The text with its methods in quotes; lines stay where they are.
  static func quoted(in text: String) -> String {
    guard text.contains("(") else { return text }
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { quoted(line: $0) }
      .joined(separator: "\n")
  }

  /// Whether a whole value is a method with options or a list in brackets.
  static func isMethod(_ value: String) -> Bool {
    value.wholeMatch(of: #/[A-Za-z][A-Za-z0-9_\-]*\(.*\)|\[.*\]/#) != nil
  }

  private static func quoted(line: Substring) -> String {
    // Indentation, dashes of a list and a key; then the value; then spaces and a comment.
    let pattern = #/(\s*(?:-\s+)*(?:[A-Za-z][A-Za-z0-9_.]*\s*:\s+)?)([A-Za-z\[][^#]*[)\]])(\s*|\s+#.*)/#
    guard let match = line.wholeMatch(of: pattern), !match.1.isEmpty, match.2.contains("("),
      isMethod(String(match.2)), isBalanced(match.2)
    else { return String(line) }
    return match.1 + "'" + match.2.replacing("'", with: "''") + "'" + match.3
  }

  /// Whether every bracket is closed by its like; else the line may be part of something longer.
  private static func isBalanced(_ text: Substring) -> Bool {
    var open: [Character] = []
    for character in text {
      switch character {
      case "(": open.append(")")
      case "[": open.append("]")
      case ")", "]": guard open.popLast() == character else { return false }
      default: break
      }
    }
    return open.isEmpty
  }
}
