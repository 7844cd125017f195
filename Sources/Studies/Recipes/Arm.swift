/// One side of a comparison: what it sets, and what was printed for it.
public struct Arm: Sendable {
  public let name: String
  /// Settings that replace the recipe's base, by key.
  public let settings: [String: String]
  public let printed: Printed?

  public init(_ name: String, _ settings: [String: String], printed: Printed? = nil) {
    self.name = name
    self.settings = settings
    self.printed = printed
  }

  /// The run that this arm makes of a recipe's base.
  /// - Parameter overrides: what the user sets for all arms, applied last.
  public func configuration(
    base: [String: String], seed: Int, overrides: [String: String] = [:]
  ) throws(ConfigurationError) -> RunConfiguration {
    var options = Options(origin: name)
    for (key, text) in base.merging(settings, uniquingKeysWith: { $1 }).merging(overrides, uniquingKeysWith: { $1 }) {
      try options.set(key, OptionValue(parsing: text, origin: name))
    }
    var configuration = try RunConfiguration(from: options)
    configuration.seed = seed
    return configuration
  }
}
