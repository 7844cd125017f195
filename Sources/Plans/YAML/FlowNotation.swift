import Configuration

/// Methods with options inside of YAML's flow style, `{optimizer: adam(learningRate: 1), epochs: 3}` and
/// `[{loss: flooded(at: 0.1)}]`: each is quoted where a value stands.
struct FlowNotation {
  private let text: Substring
  private var index: Substring.Index
  /// What closes the brackets that are open.
  private var open: [Character] = []
  private var output = ""

  /// The flow collection that begins in the first line with its methods in quotes, and the number of lines it takes; nil
  /// for anything else, and for one without methods.
  static func quotedLines(
    _ lines: ArraySlice<Substring>, from start: Substring.Index
  ) -> (text: String, count: Int)? {
    guard let first = lines.first, let character = first[start...].first, "{[".contains(character) else { return nil }
    let parts = [first[start...]] + lines.dropFirst().prefix(MethodNotation.lineLimit)
    let text = parts.joined(separator: "\n")
    var flow = FlowNotation(text[...])
    guard let end = flow.quote() else { return nil }
    let taken = text[..<end]
    guard flow.output != taken else { return nil }
    return (first[..<start] + flow.output + text[end...].prefix { $0 != "\n" }, taken.count { $0 == "\n" } + 1)
  }

  private init(_ text: Substring) { (self.text, index) = (text, text.startIndex) }

  /// Copies the collection to the output.
  /// - Returns: where it ends; nil if it doesn't.
  private mutating func quote() -> Substring.Index? {
    var isAtValue = false
    while let character = current {
      switch character {
      case "{", "[":
        open.append(character == "{" ? "}" : "]")
        copy()
        isAtValue = true
      case "}", "]":
        guard open.popLast() == character else { return nil }
        copy()
        if open.isEmpty { return index }
        isAtValue = false
      case ",":
        copy()
        isAtValue = true
      case "'", "\"":
        copyQuoted(by: character)
        isAtValue = false
      case "#" where output.last?.isWhitespace != false: copy { $0 != "\n" }
      case ":":
        copy()
        isAtValue = true
      case "&", "!": copy { !$0.isWhitespace }
      case _ where character.isWhitespace: copy()
      default:
        if isAtValue, let end = endOfMethod() {
          output += MethodNotation.tagged(text[index..<end])
          index = end
        } else {
          copyPlain()
        }
        isAtValue = false
      }
    }
    return nil
  }

  private var current: Character? { index < text.endIndex ? text[index] : nil }

  private mutating func copy() {
    output.append(text[index])
    index = text.index(after: index)
  }

  private mutating func copy(while isWanted: (Character) -> Bool) {
    while let character = current, isWanted(character) { copy() }
  }

  private mutating func copyQuoted(by quote: Character) {
    copy()
    while let character = current {
      copy()
      if character == quote { return }
      if character == "\\", quote == "\"", current != nil { copy() }
    }
  }

  /// A key, or a value that is no method.
  private mutating func copyPlain() {
    while let character = current, !"{}[],\n".contains(character) {
      let next = text.index(after: index) < text.endIndex ? text[text.index(after: index)] : "\n"
      if character == ":", next.isWhitespace || "{}[],".contains(next) { return }
      if character == "#", output.last?.isWhitespace == true { return }
      copy()
    }
  }

  /// Where the method that begins here ends, if what follows ends a value.
  private func endOfMethod() -> Substring.Index? {
    let rest = text[index...]
    let name = rest.leadingName
    guard !name.isEmpty, rest[name.endIndex...].first == "(",
      let end = MethodNotation.endOfMethod(in: rest), (try? OptionValue(parsing: String(text[index..<end]))) != nil,
      let next = text[end...].first(where: { !$0.isWhitespace }), "},]".contains(next)
    else { return nil }
    return end
  }
}
