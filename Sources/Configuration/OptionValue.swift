/// A value in a configuration.
public indirect enum OptionValue: Sendable, Hashable, CustomStringConvertible {
  case number(Double)
  case flag(Bool)
  case text(String)
  case list([OptionValue])
  case choice(Choice)

  /// The value a person means by an unquoted word.
  public init(scalar: String) {
    switch scalar {
    case "true", "yes", "on": self = .flag(true)
    case "false", "no", "off": self = .flag(false)
    default: self = Double(scalar).map(OptionValue.number) ?? .text(scalar)
    }
  }

  /// Reads a value as a person writes it: `0.1`, `true`, `[1, 2]`, `sgd(rate: 0.1)`.
  public init(parsing text: String, origin: String = "") throws(ConfigurationError) {
    var reader = ChoiceReader(text, origin: origin)
    self = try reader.wholeValue()
  }

  public var description: String {
    switch self {
    case .number(let number): number == number.rounded() && number.magnitude < 1e15 ? "\(Int(number))" : "\(number)"
    case .flag(let flag): "\(flag)"
    case .text(let text): text
    case .list(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
    case .choice(let choice): choice.description
    }
  }

  /// What kind of value it is, for error messages.
  var kind: String {
    switch self {
    case .number: "a number"
    case .flag: "true or false"
    case .text: "a word"
    case .list: "a list"
    case .choice: "a method with options"
    }
  }
}
