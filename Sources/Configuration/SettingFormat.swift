/// How the value of a setting is read from what people write, and written back.
public struct SettingFormat<Value: Sendable>: Sendable {
  /// What can be written, for help texts: `0 or more`, `torch, keras`.
  public let allowed: String
  /// The value under a key, or the fallback where the key is left out.
  let read: @Sendable (inout Options, String, Value) throws(ConfigurationError) -> Value
  package let write: @Sendable (Value) throws(ConfigurationError) -> OptionValue

  /// - Parameters:
  ///   - read: takes the value under a key out of the options; the fallback where it isn't there.
  ///   - write: the value as people write it; throws if it has no notation.
  public init(
    _ allowed: String,
    read: @escaping @Sendable (inout Options, String, Value) throws(ConfigurationError) -> Value,
    write: @escaping @Sendable (Value) throws(ConfigurationError) -> OptionValue
  ) {
    (self.allowed, self.read, self.write) = (allowed, read, write)
  }

  /// Another representation of the same notation.
  public func map<Other: Sendable>(
    _ made: @escaping @Sendable (Value) -> Other, back: @escaping @Sendable (Other) -> Value
  ) -> SettingFormat<Other> {
    SettingFormat<Other>(
      allowed,
      read: { (options, key, fallback) throws(ConfigurationError) in
        made(try self.read(&options, key, back(fallback)))
      },
      write: { (value) throws(ConfigurationError) in try self.write(back(value)) })
  }

  /// The format with fewer values.
  public func checked(
    _ allowed: String, _ isAllowed: @escaping @Sendable (Value) -> Bool
  ) -> SettingFormat {
    SettingFormat(
      allowed,
      read: { (options, key, fallback) throws(ConfigurationError) in
        let (isSet, origin) = (options.has(key), options.origin(of: key))
        let value = try self.read(&options, key, fallback)
        guard !isSet || isAllowed(value) else {
          throw .outOfRange(key: key, value: try self.write(value).description, range: allowed, origin: origin)
        }
        return value
      },
      write: write)
  }

  /// The format, or `word` for nil.
  public static func optional<Wrapped: Sendable>(
    _ format: SettingFormat<Wrapped>, none word: String = "none", standing fallback: Wrapped
  ) -> SettingFormat where Value == Wrapped? {
    SettingFormat(
      "\(format.allowed), or \(word)",
      read: { (options, key, value) throws(ConfigurationError) in
        guard options.has(key) else {
          _ = options.take(key)
          return value
        }
        if options.isWord(word, key) { return nil }
        return try format.read(&options, key, fallback)
      },
      write: { (value) throws(ConfigurationError) in
        guard let value else { return .text(word) }
        return try format.write(value)
      })
  }
}

extension Options {
  /// The value of a key as a format reads it, for settings that are read together.
  /// - Throws: ``ConfigurationError`` for a value that the format doesn't take.
  package mutating func value<Value>(
    _ key: String, _ format: SettingFormat<Value>, default fallback: Value
  ) throws(ConfigurationError) -> Value { try format.read(&self, key, fallback) }
}

extension SettingFormat where Value == Double {
  /// Any number but NaN.
  public static var number: SettingFormat { number(in: -Double.infinity...Double.infinity) }

  /// A number in a range.
  public static func number(in range: ClosedRange<Double>) -> SettingFormat {
    SettingFormat(
      text(range),
      read: { (options, key, fallback) throws(ConfigurationError) in
        try options.number(key, default: fallback, in: range)
      },
      write: { .number($0) })
  }

  /// A finite number.
  public static var finite: SettingFormat { number.checked("a finite number") { $0.isFinite } }

  /// A finite number that is 0 or more.
  public static var nonNegative: SettingFormat {
    number.checked("a finite number, 0 or more") { $0 >= 0 && $0.isFinite }
  }

  /// A finite number above 0.
  public static var positive: SettingFormat {
    number.checked("a finite number above 0") { $0 > 0 && $0.isFinite }
  }

  /// The decay rate β of a running mean: 0 or more, below 1.
  public static var decayRate: SettingFormat { number.checked("0 or more and below 1") { (0..<1).contains($0) } }

  /// A probability.
  public static var probability: SettingFormat { number(in: 0...1) }

  private static func text(_ range: ClosedRange<Double>) -> String {
    let bounds = [range.lowerBound, range.upperBound].map { OptionValue.number($0).description }
    return switch (range.lowerBound.isFinite, range.upperBound.isFinite) {
    case (true, true): "\(bounds[0]) to \(bounds[1])"
    case (true, false): "\(bounds[0]) or more"
    case (false, true): "at most \(bounds[1])"
    case (false, false): "a number"
    }
  }
}

extension SettingFormat where Value == Int {
  /// A whole number in a range.
  public static func integer(in range: ClosedRange<Int>) -> SettingFormat {
    SettingFormat(
      text(range),
      read: { (options, key, fallback) throws(ConfigurationError) in
        try options.integer(key, default: fallback, in: range)
      },
      write: { .number(Double($0)) })
  }

  static func text(_ range: ClosedRange<Int>) -> String {
    // Limits that only keep sizes sensible say nothing to a reader.
    range.upperBound >= 100_000
      ? "a whole number, \(range.lowerBound) or more" : "\(range.lowerBound) to \(range.upperBound)"
  }
}

extension SettingFormat where Value == Bool {
  public static var flag: SettingFormat {
    SettingFormat(
      "true, false",
      read: { (options, key, fallback) throws(ConfigurationError) in try options.flag(key, default: fallback) },
      write: { .flag($0) })
  }
}

extension SettingFormat where Value == String {
  /// A text as it was written: a name, a file.
  public static var text: SettingFormat {
    SettingFormat(
      "text",
      read: { (options, key, fallback) throws(ConfigurationError) in try options.text(key, default: fallback) },
      write: { .text($0) })
  }
}

extension SettingFormat where Value: RawRepresentable<String> & CaseIterable & Sendable {
  /// One of an enumeration's words.
  public static var word: SettingFormat {
    SettingFormat(
      Value.allCases.map(\.rawValue).joined(separator: ", "),
      read: { (options, key, fallback) throws(ConfigurationError) in try options.oneOf(key, default: fallback) },
      write: { .text($0.rawValue) })
  }
}

extension SettingFormat where Value == [Double] {
  public static var numbers: SettingFormat {
    SettingFormat(
      "numbers",
      read: { (options, key, fallback) throws(ConfigurationError) in try options.numbers(key, default: fallback) },
      write: { .list($0.map(OptionValue.number)) })
  }
}

extension SettingFormat where Value == [Int] {
  /// Whole numbers in a range.
  public static func integers(in range: ClosedRange<Int>) -> SettingFormat {
    SettingFormat(
      "whole numbers, each \(SettingFormat<Int>.text(range).replacing("a whole number, ", with: ""))",
      read: { (options, key, fallback) throws(ConfigurationError) in
        try options.integers(key, default: fallback, in: range)
      },
      write: { .list($0.map { .number(Double($0)) }) })
  }
}

extension SettingFormat where Value == [String] {
  public static var texts: SettingFormat {
    SettingFormat(
      "texts",
      read: { (options, key, fallback) throws(ConfigurationError) in try options.texts(key, default: fallback) },
      write: { .list($0.map(OptionValue.text)) })
  }
}

extension SettingFormat {
  /// A method by name, with its settings.
  public static func method(in registry: @escaping @Sendable () -> Registry<Value>) -> SettingFormat {
    SettingFormat(
      "a method",
      read: { (options, key, fallback) throws(ConfigurationError) in
        guard let choice = try options.optionalMethod(key) else { return fallback }
        return try registry().build(choice)
      },
      write: { (method) throws(ConfigurationError) in try OptionValue(method: method) })
  }

  /// Methods by name, with their settings; `none` for none.
  public static func methods<Entry: Sendable>(
    in registry: @escaping @Sendable () -> Registry<Entry>
  ) -> SettingFormat where Value == [Entry] {
    SettingFormat(
      "methods",
      read: { (options, key, fallback) throws(ConfigurationError) in
        guard options.has(key) else {
          _ = options.take(key)
          return fallback
        }
        var made: [Entry] = []
        for choice in try options.choices(key, default: []) { made.append(try registry().build(choice)) }
        return made
      },
      write: { (methods) throws(ConfigurationError) in
        var values: [OptionValue] = []
        for method in methods { values.append(try OptionValue(method: method)) }
        return .list(values)
      })
  }
}

extension OptionValue {
  /// A method as people write it: by its name, with the settings that differ from its defaults.
  /// - Throws: ``ConfigurationError`` if the method, or the value of one of its settings, has no notation.
  public init(method: Any) throws(ConfigurationError) {
    guard let method = method as? any Configurable else {
      throw .invalid(
        message: "a \(type(of: method)) has no name that a plan could hold: give its type a `declaration`", origin: "")
    }
    let choice = try method.spec()
    self = choice.options.isEmpty ? .text(choice.name) : .choice(choice)
  }
}
