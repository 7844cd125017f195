import Configuration

extension Options {
  /// A finite number that is 0 or more.
  mutating func nonNegative(_ key: String, default fallback: Double) throws(ConfigurationError) -> Double {
    try number(key, default: fallback, "a finite number, 0 or more") { $0 >= 0 && $0.isFinite }
  }

  /// A finite number above 0, nil for `word`.
  mutating func positive(_ key: String, or word: String) throws(ConfigurationError) -> Double? {
    guard let number = try number(key, or: word) else { return nil }
    return try Self.checked(number, key, "a finite number above 0", origin(of: key)) { $0 > 0 && $0.isFinite }
  }

  /// The decay rate β of a running mean: 0 or more, below 1.
  mutating func decayFactor(_ key: String, default fallback: Double) throws(ConfigurationError) -> Double {
    try number(key, default: fallback, "0 or more and below 1") { (0..<1).contains($0) }
  }

  /// A list of finite numbers that are 0 or more.
  mutating func nonNegatives(_ key: String, default fallback: [Double]) throws(ConfigurationError) -> [Double] {
    let numbers = try numbers(key, default: fallback)
    guard numbers.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
      throw .outOfRange(key: key, value: "\(numbers)", range: "finite numbers, 0 or more", origin: origin(of: key))
    }
    return numbers
  }

  private mutating func number(
    _ key: String, default fallback: Double, _ range: String, where isAllowed: (Double) -> Bool
  ) throws(ConfigurationError) -> Double {
    try Self.checked(number(key, default: fallback), key, range, origin(of: key), where: isAllowed)
  }

  private static func checked(
    _ number: Double, _ key: String, _ range: String, _ origin: String, where isAllowed: (Double) -> Bool
  ) throws(ConfigurationError) -> Double {
    guard isAllowed(number) else {
      throw .outOfRange(key: key, value: OptionValue.number(number).description, range: range, origin: origin)
    }
    return number
  }
}

extension SettingFormat where Value == [Double] {
  /// Finite numbers that are 0 or more.
  public static var nonNegatives: SettingFormat {
    numbers.checked("finite numbers, 0 or more") { $0.allSatisfy { $0 >= 0 && $0.isFinite } }
  }
}
