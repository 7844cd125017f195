/// Reads `name(key: value, …)`.
struct ChoiceReader {
  private let characters: [Character]
  private var position = 0
  private let origin: String

  init(_ text: String, origin: String) {
    characters = Array(text)
    self.origin = origin
  }

  mutating func whole() throws(ConfigurationError) -> Choice {
    let choice = try choice(depth: 0)
    skipSpaces()
    guard position == characters.count else { throw unexpected("the end") }
    return choice
  }

  mutating func wholeValue() throws(ConfigurationError) -> OptionValue {
    skipSpaces()
    let value = try value(depth: 0)
    skipSpaces()
    guard position == characters.count else { throw unexpected("the end") }
    return value
  }

  private mutating func choice(depth: Int) throws(ConfigurationError) -> Choice {
    let name = try word()
    guard depth < 32 else { throw unexpected("fewer nested parentheses") }
    skipSpaces()
    guard take("(") else { return Choice(name, Options(origin: origin)) }
    var options = Options(origin: origin)
    while !take(")") {
      let key = try word()
      guard take(":") || take("=") else { throw unexpected("':'") }
      try options.set(key, value(depth: depth))
      guard take(",") || peek == ")" else { throw unexpected("',' or ')'") }
    }
    return Choice(name, options)
  }

  private mutating func value(depth: Int) throws(ConfigurationError) -> OptionValue {
    if take("[") {
      var values: [OptionValue] = []
      while !take("]") {
        guard values.count < 10_000, depth < 32 else { throw unexpected("a shorter list") }
        values.append(try value(depth: depth + 1))
        guard take(",") || peek == "]" else { throw unexpected("',' or ']'") }
      }
      return .list(values)
    }
    let choice = try choice(depth: depth + 1)
    return choice.options.isEmpty ? OptionValue(scalar: choice.name) : .choice(choice)
  }

  private mutating func word() throws(ConfigurationError) -> String {
    skipSpaces()
    let start = position
    while let next = peek, next.isLetter || next.isNumber || "_-+./*".contains(next) { position += 1 }
    guard position > start else { throw unexpected("a name or a number") }
    return String(characters[start..<position])
  }

  private var peek: Character? { position < characters.count ? characters[position] : nil }

  private mutating func take(_ character: Character) -> Bool {
    skipSpaces()
    guard peek == character else { return false }
    position += 1
    skipSpaces()
    return true
  }

  private mutating func skipSpaces() {
    while peek?.isWhitespace == true { position += 1 }
  }

  private func unexpected(_ expected: String) -> ConfigurationError {
    let found = peek.map { "'\($0)'" } ?? "the end"
    return .syntax(
      text: String(characters.prefix(200)), column: position + 1, message: "expected \(expected), found \(found)",
      origin: origin)
  }
}
