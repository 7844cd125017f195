/// A value in a configuration.
///
/// What a word means depends on who asks: `2024.10` is a number to a setting that takes one and a name to a setting
/// that takes a file. So a value keeps how it was written until it is read.
public indirect enum OptionValue: Sendable, Hashable, CustomStringConvertible {
  case number(Double)
  case flag(Bool)
  case text(String)
  /// A number or a flag in another spelling than ``description`` has for it: `0.10`, `1e-3`, `yes`.
  case spelled(String)
  case list([OptionValue])
  case choice(MethodSpec)

  /// The value of an unquoted word.
  public init(scalar: String) {
    guard let meaning = Self.meaning(of: scalar) else {
      self = .text(scalar)
      return
    }
    // NaN equals nothing, itself included, so only its spelling can be compared.
    self = meaning.description == scalar && scalar != "nan" ? meaning : .spelled(scalar)
  }

  /// Reads a value as a person writes it: `0.1`, `true`, `'two words'`, `[1, 2]`, `sgd(learningRate: 0.1)`.
  public init(parsing text: String, origin: String = "") throws(ConfigurationError) {
    var reader = MethodSpecReader(text, origin: origin)
    self = try reader.wholeValue()
  }

  /// Reads values with commas between them; a list in brackets is one value.
  public static func list(parsing text: String, origin: String = "") throws(ConfigurationError) -> [OptionValue] {
    var reader = MethodSpecReader(text, origin: origin)
    return try reader.wholeValues()
  }

  /// As a person writes it; ``init(parsing:origin:)`` reads it back.
  public var description: String {
    switch self {
    case .number(let number): number == number.rounded() && number.magnitude < 1e15 ? "\(Int(number))" : "\(number)"
    case .flag(let flag): "\(flag)"
    case .text(let text): MethodSpecReader.isWord(text) && Self.meaning(of: text) == nil ? text : text.quoted
    case .spelled(let spelling): spelling
    case .list(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
    case .choice(let choice): choice.description
    }
  }

  /// The value to whoever takes numbers and flags, however they are spelled.
  public var meaning: OptionValue {
    guard case .spelled(let spelling) = self else { return self }
    return Self.meaning(of: spelling) ?? .text(spelling)
  }

  /// The characters that were written; nil for lists and for methods with options.
  public var word: String? {
    switch self {
    case .text(let text): text
    case .number, .flag, .spelled: description
    case .list, .choice: nil
    }
  }

  /// Whether a text looks like a whole method with options, or like a list in brackets.
  package static func isNotation(_ text: String) -> Bool {
    if text.first == "[" { return text.count > 1 && text.last == "]" }
    let name = text.leadingName
    return !name.isEmpty && text[name.endIndex...].first == "(" && text.last == ")"
  }

  /// As ``meaning``, and what is notation within quotes, `'sgd(learningRate: 0.1)'`, read as such.
  /// - Throws: ``ConfigurationError`` for notation that can't be read.
  func unquoted(origin: String) throws(ConfigurationError) -> OptionValue {
    guard case .text(let text) = self, Self.isNotation(text) else { return meaning }
    return try OptionValue(parsing: text, origin: origin)
  }

  /// The number or flag that an unquoted word stands for, in the spellings of YAML 1.1 and 1.2.
  private static func meaning(of word: String) -> OptionValue? {
    switch word {
    case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON": .flag(true)
    case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF": .flag(false)
    case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": .number(.infinity)
    case "-.inf", "-.Inf", "-.INF": .number(-.infinity)
    case ".nan", ".NaN", ".NAN": .number(.nan)
    default: Double(word).map(OptionValue.number)
    }
  }

  /// What kind of value it is, for error messages.
  var kind: String {
    switch self {
    case .number: "a number"
    case .flag: "true or false"
    case .text: "a word"
    case .spelled: meaning.kind
    case .list: "a list"
    case .choice: "a method with options"
    }
  }
}

extension String {
  /// In double quotes, with backslashes before what can't stand there or can't be seen, as YAML and plans read it.
  package var quoted: String {
    var escaped = ""
    for scalar in unicodeScalars {
      switch scalar.value {
      case 0x22: escaped += "\\\""
      case 0x5c: escaped += "\\\\"
      case 0..<0x20, 0x7f..<0xa0: escaped += "\\x" + scalar.hexadecimal(digits: 2)
      case 0x2028, 0x2029, 0xfeff, 0xfffe, 0xffff: escaped += "\\u" + scalar.hexadecimal(digits: 4)
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return "\"\(escaped)\""
  }
}

extension Unicode.Scalar {
  fileprivate func hexadecimal(digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: Swift.max(0, digits - text.count)) + text
  }
}

extension OptionValue {
  /// The values of a list; any other value is a list of one.
  public var elements: [OptionValue] {
    if case .list(let values) = self { values } else { [self] }
  }
}
