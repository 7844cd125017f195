import Configuration
import Foundation

/// Methods with options in YAML: `sgd(learningRate: 0.1)`, or a list that holds some.
///
/// YAML takes the colon within for the end of a key, so such a value would have to stand in quotes. What
/// plainly is a method, from the start of a value to the end of its line, is quoted before YAML sees it, with a tag
/// that distinguishes it from what the author quoted, which is a text. A list of methods may take several lines.
/// Methods within YAML's own `{…}` and `[…]` are found by ``FlowNotation``.
enum MethodNotation {
  /// The tag of what was quoted here.
  static let tag = "!notation"
  /// How many more lines a list or mapping may take.
  static let lineLimit = 200

  /// The text with its methods in quotes; lines stay where they are.
  /// - Parameter text: its lines end in line feeds alone.
  static func quoted(in text: String) -> String {
    guard text.contains("(") else { return text }
    var block = BlockText()
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
    var quoted: [String] = []
    while let line = lines.first {
      if !block.holds(line), let start = startOfValue(in: line) {
        if let (text, count) = quotedLines(lines, from: start) ?? FlowNotation.quotedLines(lines, from: start) {
          quoted.append(text)
          lines = lines.dropFirst(count)
          continue
        }
        quoted.append(self.quoted(line: line, from: start))
      } else {
        quoted.append(String(line))
      }
      lines = lines.dropFirst()
    }
    return quoted.joined(separator: "\n")
  }

  /// What comes after indentation, dashes of a list, a key and an anchor.
  private static func startOfValue(in line: Substring) -> Substring.Index? {
    var rest = line.trimmedStart
    while rest.first == "-", let item = rest.dropFirst().afterSpaces { rest = item }
    if let value = afterKey(in: rest) {
      rest = value
      if rest.first == "&", let anchored = rest.dropFirst().drop(while: \.isInAnchor).afterSpaces { rest = anchored }
    }
    return rest.startIndex > line.startIndex || line.first == "{" ? rest.startIndex : nil
  }

  /// What follows `key: ` at the start of a line; keys may have dots.
  private static func afterKey(in line: Substring) -> Substring? {
    guard !line.leadingName.isEmpty else { return nil }
    let colon = line.drop { $0.isInAnchor || $0 == "." }.trimmedStart
    return colon.first == ":" ? colon.dropFirst().afterSpaces : nil
  }

  /// A list of methods that begins in the first line and ends in a later one, and the number of these lines; nil for
  /// anything else.
  private static func quotedLines(
    _ lines: ArraySlice<Substring>, from start: Substring.Index
  ) -> (text: String, count: Int)? {
    guard let first = lines.first, first[start...].first == "[", endOfMethod(in: first[start...]) == nil else {
      return nil
    }
    let parts = [first[start...]] + lines.dropFirst().prefix(lineLimit)
    let text = parts.map(withoutComment).joined(separator: "\n")
    guard let end = endOfMethod(in: text[...]) else { return nil }
    let (value, rest) = (String(text[..<end]), text[end...].prefix { $0 != "\n" })
    guard value.contains("("), rest.allSatisfy(\.isWhitespace), (try? OptionValue(parsing: value)) != nil else {
      return nil
    }
    return (first[..<start] + tagged(value), value.count { $0 == "\n" } + 1)
  }

  /// A method in quotes, as YAML gets it.
  static func tagged(_ value: some StringProtocol) -> String {
    "\(tag) '" + value.replacingOccurrences(of: "'", with: "''") + "'"
  }

  private static func withoutComment(_ line: Substring) -> Substring {
    var previous: Character = " "
    for (index, character) in zip(line.indices, line) {
      if "'\"".contains(character) { break }
      if character == "#", previous.isWhitespace { return line[..<index] }
      previous = character
    }
    return line
  }

  /// Then spaces and a comment may follow.
  private static func quoted(line: Substring, from start: Substring.Index) -> String {
    guard let end = endOfMethod(in: line[start...]) else { return String(line) }
    let (value, rest) = (String(line[start..<end]), line[end...])
    guard value.contains("("), OptionValue.isNotation(value), rest.isBlankOrComment else {
      return String(line)
    }
    // A list that isn't ours may still be YAML's.
    if value.hasPrefix("["), (try? OptionValue(parsing: value)) == nil { return String(line) }
    return line[..<start] + tagged(value) + rest
  }

  /// Where the method or list at the start of a text ends; nil where there is none, or a bracket isn't closed by its
  /// like: the line may be part of something longer.
  static func endOfMethod(in text: Substring) -> Substring.Index? {
    var open: [Character] = []
    var quote: Character?
    var index = text.startIndex
    while index < text.endIndex {
      let character = text[index]
      index = text.index(after: index)
      if let current = quote {
        if character == "\\", current == "\"", index < text.endIndex { index = text.index(after: index) }
        if character == current { quote = nil }
        continue
      }
      switch character {
      case "(": open.append(")")
      case "[" where !open.isEmpty || index == text.index(after: text.startIndex): open.append("]")
      case ")", "]":
        guard open.popLast() == character else { return nil }
        if open.isEmpty { return index }
      case "'", "\"":
        guard !open.isEmpty else { return nil }
        quote = character
      default:
        guard !open.isEmpty || character.isLetter || character.isNumber || "_-".contains(character) else { return nil }
      }
    }
    return nil
  }
}

/// Tells the lines of YAML's block texts, `title: |` and what is indented below, from others.
private struct BlockText {
  private var indentation: Int?

  mutating func holds(_ line: Substring) -> Bool {
    let isBlank = line.allSatisfy(\.isWhitespace)
    if let indentation, isBlank || line.prefix(while: { $0 == " " }).count > indentation { return true }
    guard line.contains("|") || line.contains(">") else {
      indentation = nil
      return false
    }
    let header = line.wholeMatch(of: #/(\s*(?:-\s+)*)([^#]*:\s+)?[|>][-+0-9]*\s*(?:#.*)?/#)
    // Without a key the dash of a list is what the text is indented from.
    indentation = header.map { $0.2 == nil ? $0.1.lastIndex(of: "-").map($0.1.distance(to:)) ?? -1 : $0.1.count }
    return false
  }
}

extension Character {
  /// Whether an anchor's name may have it.
  fileprivate var isInAnchor: Bool { isASCII && (isLetter || isNumber) || self == "_" || self == "-" }
}

extension Substring {
  fileprivate var trimmedStart: Substring { drop(while: \.isWhitespace) }

  /// What comes after spaces, of which there has to be one.
  fileprivate var afterSpaces: Substring? { first?.isWhitespace == true ? trimmedStart : nil }

  /// Whether nothing but a comment follows a value.
  fileprivate var isBlankOrComment: Bool {
    let rest = trimmedStart
    return rest.isEmpty || rest.first == "#" && rest.startIndex > startIndex
  }

  fileprivate func distance(to index: Index) -> Int { distance(from: startIndex, to: index) }
}
