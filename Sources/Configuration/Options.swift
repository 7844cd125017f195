/// A method's options while it takes what it knows; what remains unasked for is an error.
public struct Options: Sendable, Hashable, CustomStringConvertible {
  private var values: [String: OptionValue] = [:]
  private var known: Set<String> = []
  private var origins: [String: String] = [:]
  /// Where each value of a list was written, if that is known.
  private var elementOrigins: [String: [String]] = [:]
  /// What replaced another value, or one without a name.
  private var overridden: Set<String> = []
  /// Where words that are read are noted, and the keys of the methods around this one.
  private var reads: (record: WordReads, path: [String])?
  /// Where the options were written, `plan.yml:12` say, for error messages.
  public let origin: String

  public init(origin: String = "") { self.origin = origin }

  /// Settings are equal wherever they were written, and whoever asked for them.
  public static func == (one: Options, other: Options) -> Bool { one.values == other.values }
  public func hash(into hasher: inout Hasher) { hasher.combine(values) }

  public init(_ values: [String: OptionValue], origin: String = "") {
    self.values = values
    self.origin = origin
  }

  public var isEmpty: Bool { values.isEmpty }

  /// The keys with their values, in the keys' order.
  public var pairs: [(key: String, value: OptionValue)] { values.sorted { $0.key < $1.key } }

  public var description: String {
    pairs.map { Self.isUnnamed($0.key) ? "\($0.value)" : "\($0.key): \($0.value)" }.joined(separator: ", ")
  }

  /// - Parameters:
  ///   - origin: where this key was written, if that is known more exactly.
  ///   - elements: where each value of a list was written.
  /// - Throws: if `key` is there already.
  public mutating func set(
    _ key: String, _ value: OptionValue, origin: String? = nil, elements: [String] = []
  ) throws(ConfigurationError) {
    guard values.updateValue(value, forKey: key) == nil else {
      throw .duplicateKey(key: key, origin: origin ?? self.origin)
    }
    origins[key] = origin
    if !elements.isEmpty { elementOrigins[key] = elements }
  }

  /// Replaces what `path` names: a key, or keys of methods inside methods, `optimizer.learningRate`.
  /// In a list a method goes by its name, with a number where there are several: `network.reservoir2.leak`.
  ///
  /// A method that wasn't set, or was set by its name alone, gets the option; a plain value can't.
  public mutating func override(_ path: String, _ value: OptionValue, origin: String) throws(ConfigurationError) {
    try override(path, value, of: "", origin: origin)
  }

  /// - Parameter method: whose settings these are; empty for a run's.
  mutating func override(
    _ path: String, _ value: OptionValue, of method: String, origin: String
  ) throws(ConfigurationError) {
    let parts = path.split(separator: ".", maxSplits: 1).map(String.init)
    guard let key = parts.first else { throw .invalid(message: "an override needs a key", origin: origin) }
    // What was set under another of its names is replaced.
    let other = RenamedSettings.name(of: key, in: method) ?? RenamedSettings.oldName(of: key, in: method)
    if values[key] == nil, let other, let value = values[other] {
      values[key] = value
      remove(other)
    }
    origins[key] = origin
    guard parts.count == 2 else {
      values[key] = value
      elementOrigins[key] = nil
      overridden.insert(key)
      return
    }
    guard let whole = try values[key]?.overriding(parts[1], with: value, origin: origin) else {
      throw .invalid(
        message: "'\(path)' can't be set: '\(key)' isn't set to a method; set '\(key)=NAME' first", origin: origin)
    }
    values[key] = whole
  }

  /// Whether `key` was given.
  public func has(_ key: String) -> Bool { values[key] != nil }

  /// Whether `key` was given as this word; then it is taken.
  mutating func isWord(_ word: String, _ key: String) -> Bool {
    guard values[key] == .text(word) else { return false }
    _ = take(key)
    return true
  }

  /// As if `key` had never been given.
  mutating func remove(_ key: String) { (values[key], origins[key]) = (nil, nil) }

  /// Gives values without a name those of the method's first settings.
  /// - Parameter settings: the settings that need no name.
  /// - Throws: for more values than that, and for a setting that was given by its name too.
  mutating func nameUnnamed(_ settings: [String], of method: String) throws(ConfigurationError) {
    if let reads { reads.record.insert(settings, at: reads.path) }
    for (key, value) in pairs where Self.isUnnamed(key) {
      let origin = origins.removeValue(forKey: key)
      let elements = elementOrigins.removeValue(forKey: key) ?? []
      guard let index = Int(key), index < settings.count else {
        let taken = settings.map { "'\($0)'" }.joined(separator: " and ")
        throw .invalid(
          message: "\(method) doesn't know what '\(value)' is: "
            + (taken.isEmpty ? "it has no settings" : "write the setting's name before it; only \(taken) needs none"),
          origin: origin ?? self.origin)
      }
      values[key] = nil
      if !overridden.contains(settings[index]) {
        try set(settings[index], value, origin: origin, elements: elements)
      }
    }
  }

  /// The value of `key` as it was written, if it was given.
  public mutating func take(_ key: String) -> OptionValue? {
    known.insert(key)
    return values.removeValue(forKey: key)
  }

  /// What kind of value `key` has, for settings that take several: the value as numbers, flags, lists and methods are
  /// read. It stays to be taken.
  public func peek(_ key: String) throws(ConfigurationError) -> OptionValue? {
    try values[key]?.unquoted(origin: origin(of: key))
  }

  /// As ``peek(_:)``, taken.
  private mutating func takeMeaning(_ key: String) throws(ConfigurationError) -> OptionValue? {
    let value = try peek(key)
    _ = take(key)
    return value
  }

  /// A number in `range`.
  public mutating func number(
    _ key: String, default fallback: Double, in range: ClosedRange<Double> = -Double.infinity...Double.infinity
  ) throws(ConfigurationError) -> Double {
    guard let value = try takeMeaning(key) else { return fallback }
    guard case .number(let number) = value else { throw mismatch(key, "a number", value) }
    guard range.contains(number) else { throw outOfRange(key, value, "in \(range.lowerBound)...\(range.upperBound)") }
    return number
  }

  /// A number in `range`, or nil for `word`, which stands for what is done where the setting is left out.
  public mutating func number(
    _ key: String, or word: String, in range: ClosedRange<Double> = -Double.infinity...Double.infinity
  ) throws(ConfigurationError) -> Double? {
    guard let value = values[key], value != .text(word) else {
      _ = take(key)
      return nil
    }
    guard case .number = value.meaning else {
      _ = take(key)
      throw mismatch(key, "a number or '\(word)'", value)
    }
    return try number(key, default: 0, in: range)
  }

  /// A whole number in `range`.
  public mutating func integer(
    _ key: String, default fallback: Int, in range: ClosedRange<Int> = Int.min...Int.max
  ) throws(ConfigurationError) -> Int {
    guard let value = try takeMeaning(key) else { return fallback }
    guard case .number(let number) = value, let integer = Int(exactly: number) else {
      throw mismatch(key, "a whole number", value)
    }
    guard range.contains(integer) else { throw outOfRange(key, value, "in \(range.lowerBound)...\(range.upperBound)") }
    return integer
  }

  /// Takes true or false.
  /// - Throws: ``ConfigurationError`` if the value is of another kind.
  public mutating func flag(_ key: String, default fallback: Bool) throws(ConfigurationError) -> Bool {
    guard let value = try takeMeaning(key) else { return fallback }
    guard case .flag(let flag) = value else { throw mismatch(key, "true or false", value) }
    return flag
  }

  /// Takes a word exactly as it was written; a number or flag counts as one.
  /// - Throws: ``ConfigurationError`` if the value is of another kind.
  public mutating func text(_ key: String, default fallback: String) throws(ConfigurationError) -> String {
    guard let value = take(key) else { return fallback }
    noteWord(key)
    guard let word = value.word else { throw mismatch(key, "a word in quotes", value) }
    return word
  }

  /// One of an enumeration's words.
  public mutating func oneOf<Word: RawRepresentable<String> & CaseIterable>(
    _ key: String, default fallback: Word
  ) throws(ConfigurationError) -> Word {
    guard let value = take(key) else { return fallback }
    noteWord(key)
    guard let word = value.word.flatMap(Word.init(rawValue:)) else {
      throw outOfRange(key, value, "one of " + Word.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return word
  }

  /// A list of words; a single word is a list of one. Numbers and flags count as words.
  public mutating func texts(_ key: String, default fallback: [String]) throws(ConfigurationError) -> [String] {
    guard let value = take(key) else { return fallback }
    noteWord(key)
    var texts: [String] = []
    for element in value.elements {
      guard let word = element.word else { throw mismatch(key, "a list of words", value) }
      texts.append(word)
    }
    return texts
  }

  /// A list of numbers; a single number is a list of one.
  public mutating func numbers(_ key: String, default fallback: [Double]) throws(ConfigurationError) -> [Double] {
    guard let value = try takeMeaning(key) else { return fallback }
    var numbers: [Double] = []
    for element in value.elements {
      guard case .number(let number) = element.meaning else { throw mismatch(key, "a list of numbers", value) }
      numbers.append(number)
    }
    return numbers
  }

  /// A list of whole numbers in `range`; a single number is a list of one.
  public mutating func integers(
    _ key: String, default fallback: [Int], in range: ClosedRange<Int> = Int.min...Int.max
  ) throws(ConfigurationError) -> [Int] {
    guard let value = try takeMeaning(key) else { return fallback }
    var integers: [Int] = []
    for element in value.elements {
      guard case .number(let number) = element.meaning, let integer = Int(exactly: number) else {
        throw mismatch(key, "a list of whole numbers", value)
      }
      guard range.contains(integer) else {
        throw outOfRange(key, element, "in \(range.lowerBound)...\(range.upperBound)")
      }
      integers.append(integer)
    }
    return integers
  }

  /// A list of methods; a single one is a list of one, and `none` the empty list.
  public mutating func choices(_ key: String, default fallback: [MethodSpec]) throws(ConfigurationError) -> [MethodSpec]
  {
    guard let value = try takeMeaning(key) else { return fallback }
    guard value != .text("none") else { return [] }
    var choices: [MethodSpec] = []
    let isList = if case .list = value { true } else { false }
    for (index, element) in value.elements.enumerated() {
      guard let choice = try choice(element, of: key, at: isList ? index : nil) else {
        throw mismatch(key, "a list of methods", value)
      }
      choices.append(choice)
    }
    return choices
  }

  /// A method: a name, or a name with options.
  public mutating func choice(_ key: String, default fallback: MethodSpec) throws(ConfigurationError) -> MethodSpec {
    guard let value = try takeMeaning(key) else { return fallback }
    guard let choice = try choice(value, of: key) else { throw mismatch(key, "the name of a method", value) }
    return choice
  }

  /// As ``choice(_:default:)``; a list is the value of a setting of a method.
  /// - Parameter list: that method and its setting: `[a, b]` is `sequential(layers: [a, b])`.
  public mutating func choice(
    _ key: String, default fallback: MethodSpec, list: (method: String, setting: String)
  ) throws(ConfigurationError) -> MethodSpec {
    guard case .list(let elements)? = try peek(key) else { return try choice(key, default: fallback) }
    _ = take(key)
    var options = Options(origin: origin(of: key))
    try options.set(list.setting, .list(elements), elements: elementOrigins[key] ?? [])
    return MethodSpec(list.method, options)
  }

  /// - Parameter index: the value's place in a list.
  private func choice(
    _ value: OptionValue, of key: String, at index: Int? = nil
  ) throws(ConfigurationError) -> MethodSpec? {
    let places = elementOrigins[key] ?? []
    let place = index.flatMap { $0 < places.count ? places[$0] : nil } ?? origin(of: key)
    switch try value.unquoted(origin: place) {
    case .choice(let choice):
      guard let reads else { return choice }
      let path = reads.path + [key] + (index.map { [WordReads.key(ofElement: $0)] } ?? [])
      return MethodSpec(choice.name, choice.options.recording(in: reads.record, below: path))
    case .text(let name): return MethodSpec(name, Options(origin: place))
    default: return nil
    }
  }

  /// As ``choice(_:default:)``, nil where there is none.
  public mutating func optionalMethod(_ key: String) throws(ConfigurationError) -> MethodSpec? {
    guard values[key] == nil else { return try choice(key, default: MethodSpec("")) }
    known.insert(key)
    return nil
  }

  /// - Throws: if a key was given that nobody asked for.
  public func finish(_ owner: String) throws(ConfigurationError) {
    guard let key = values.keys.sorted().first else { return }
    if Self.isUnnamed(key), let value = values[key] {
      throw .invalid(
        message: "\(owner) doesn't know what '\(value)' is: write the setting's name before it", origin: origin(of: key)
      )
    }
    throw .unknownKey(key: key, owner: owner, known: known.sorted(), origin: origin(of: key))
  }

  /// Where a key was written.
  public func origin(of key: String) -> String { origins[key] ?? origin }

  /// The options with their values changed; where they were written stays.
  func mapValues(
    _ change: (_ key: String, _ value: OptionValue) throws(ConfigurationError) -> OptionValue
  ) throws(ConfigurationError) -> Options {
    var copy = self
    for (key, value) in values { copy.values[key] = try change(key, value) }
    return copy
  }

  private func noteWord(_ key: String) {
    if let reads { reads.record.insert(reads.path + [key]) }
  }

  /// The options, which note the words that are read from them, and from methods within, in `record`.
  func recording(in record: WordReads, below path: [String]) -> Options {
    var copy = self
    copy.reads = (record, path)
    return copy
  }

  private func mismatch(_ key: String, _ expected: String, _ found: OptionValue) -> ConfigurationError {
    .wrongType(key: key, expected: expected, found: "\(found.kind) (\(found))", origin: origin(of: key))
  }

  private func outOfRange(_ key: String, _ value: OptionValue, _ range: String) -> ConfigurationError {
    .outOfRange(key: key, value: value.description, range: range, origin: origin(of: key))
  }
}
