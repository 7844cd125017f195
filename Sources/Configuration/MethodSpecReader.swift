/// Reads `name(value, key: value, …)`.
struct MethodSpecReader {
  // Scalars, since an accent after a quotation mark would make one character of both.
  private let scalars: [Unicode.Scalar]
  private var position = 0
  private let origin: String

  init(_ text: String, origin: String) {
    scalars = Array(text.unicodeScalars)
    self.origin = origin
  }

  mutating func whole() throws(ConfigurationError) -> MethodSpec {
    let choice = try choice(depth: 0)
    try expectEnd()
    return choice
  }

  mutating func wholeValue() throws(ConfigurationError) -> OptionValue {
    let value = try value(depth: 0)
    try expectEnd()
    return value
  }

  /// Values with commas between them.
  mutating func wholeValues() throws(ConfigurationError) -> [OptionValue] {
    var values = [try value(depth: 0)]
    while take(",") { values.append(try value(depth: 0)) }
    try expectEnd()
    return values
  }

  /// Whether a text can stand without quotes.
  static func isWord(_ text: String) -> Bool { !text.isEmpty && text.unicodeScalars.allSatisfy(isWordScalar) }

  private mutating func choice(depth: Int) throws(ConfigurationError) -> MethodSpec {
    let name = try word()
    guard depth < 32 else { throw unexpected("fewer nested parentheses") }
    skipSpaces()
    guard take("(") else { return MethodSpec(name, Options(origin: origin)) }
    var options = Options(origin: origin)
    var unnamed = 0
    while !take(")") {
      let key = key()
      if let key {
        try options.set(key, value(depth: depth))
      } else {
        let place = position
        let value = try value(depth: depth)
        guard unnamed == options.pairs.count, unnamed < Options.unnamedLimit else {
          position = place
          throw unexpected("a setting's name and ':'")
        }
        try options.set(Options.key(ofUnnamed: unnamed), value)
        unnamed += 1
      }
      guard take(",") || peek == ")" else { throw unexpected((key == nil ? "':', " : "") + "',' or ')'") }
    }
    return MethodSpec(name, options)
  }

  private mutating func value(depth: Int) throws(ConfigurationError) -> OptionValue {
    if take("[") {
      var values: [OptionValue] = []
      while !take("]") {
        guard values.count < 10_000, depth < 32 else { throw unexpected("a shorter list") }
        values.append(try element(depth: depth + 1))
        guard take(",") || peek == "]" else { throw unexpected("',' or ']'") }
      }
      return .list(values)
    }
    skipSpaces()
    if let quote = peek, quote == "'" || quote == "\"" { return .text(try quotedText(in: quote)) }
    let choice = try choice(depth: depth + 1)
    return choice.options.isEmpty ? OptionValue(scalar: choice.name) : .choice(choice)
  }

  /// A value in a list, where `residual: […]` is `residual([…])`.
  private mutating func element(depth: Int) throws(ConfigurationError) -> OptionValue {
    guard let name = key() else { return try value(depth: depth) }
    var options = Options(origin: origin)
    try options.set(Options.key(ofUnnamed: 0), value(depth: depth))
    return .choice(MethodSpec(name, options))
  }

  /// A name and the colon after it; nil, and nothing is read, where there is none.
  private mutating func key() -> String? {
    let start = position
    if let name = try? word(), take(":") || take("=") { return name }
    position = start
    return nil
  }

  /// As YAML has it: two single quotes are one within single quotes, and backslashes escape within double quotes.
  private mutating func quotedText(in quote: Unicode.Scalar) throws(ConfigurationError) -> String {
    position += 1
    var text = String.UnicodeScalarView()
    while let next = peek {
      position += 1
      switch next {
      case quote where quote == "'" && peek == "'":
        position += 1
        text.append("'")
      case quote: return String(text)
      case "\\" where quote == "\"": text.append(try escapedScalar())
      default: text.append(next)
      }
    }
    throw unexpected("\(quote) at the end of the quoted text")
  }

  private mutating func escapedScalar() throws(ConfigurationError) -> Unicode.Scalar {
    let escapes: [Unicode.Scalar: Unicode.Scalar] = ["\"": "\"", "\\": "\\", "n": "\n", "t": "\t", "r": "\r"]
    guard let letter = peek else { throw unexpected("a character after the backslash") }
    position += 1
    if let escape = escapes[letter] { return escape }
    let digits = letter == "x" ? 2 : letter == "u" ? 4 : 0
    let text = String(String.UnicodeScalarView(scalars[position..<min(position + digits, scalars.count)]))
    guard digits > 0, text.count == digits, let code = UInt32(text, radix: 16), code > 0,
      let scalar = Unicode.Scalar(code)
    else {
      position -= 1
      throw unexpected(#"\", \\, \n, \t, \r, \x and two or \u and four hexadecimal digits"#)
    }
    position += digits
    return scalar
  }

  private mutating func word() throws(ConfigurationError) -> String {
    skipSpaces()
    let start = position
    while let next = peek, Self.isWordScalar(next) { position += 1 }
    guard position > start else { throw unexpected("a name, a number or a word in quotes") }
    return String(String.UnicodeScalarView(scalars[start..<position]))
  }

  private static func isWordScalar(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
      .letterNumber, .otherNumber, .nonspacingMark, .spacingMark:
      true
    default: "_-+./*~@%".unicodeScalars.contains(scalar)
    }
  }

  private var peek: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    skipSpaces()
    guard peek == scalar else { return false }
    position += 1
    skipSpaces()
    return true
  }

  private mutating func skipSpaces() {
    while peek?.properties.isWhitespace == true { position += 1 }
  }

  private mutating func expectEnd() throws(ConfigurationError) {
    skipSpaces()
    guard position == scalars.count else { throw unexpected("the end") }
  }

  private func unexpected(_ expected: String) -> ConfigurationError {
    let found = peek.map { "'\($0)'" } ?? "the end"
    return .syntax(
      text: String(String.UnicodeScalarView(scalars.prefix(200))), column: position + 1,
      message: "expected \(expected), found \(found)", origin: origin)
  }
}
