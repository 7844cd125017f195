/// One side of a comparison: what it sets, and what was printed for it.
public struct Arm: Sendable {
  public let name: String
  /// Settings that replace the recipe's base: by key, or by a path into a method, `optimizer.rate`.
  public let settings: [String: String]
  public let printed: Printed?

  public init(_ name: String, _ settings: [String: String], printed: Printed? = nil) {
    self.name = name
    self.settings = settings
    self.printed = printed
  }

  /// The run that this arm makes of a recipe's base.
  /// - Parameters:
  ///   - seed: the run's; no setting may set it too.
  ///   - overrides: what the user sets for all arms, applied last.
  /// - Throws: `ConfigurationError` naming the arm, as `RunConfiguration(from:)` does.
  public func configuration(
    base: [String: String], seed: Int, overrides: [String: String] = [:]
  ) throws(ConfigurationError) -> RunConfiguration {
    var options = Options(origin: name)
    for layer in [base, settings, overrides] {
      // In the keys' order a method comes before the paths into it.
      for (key, text) in layer.sorted(by: { $0.key < $1.key }) {
        try options.override(key, OptionValue(parsing: text, origin: name), origin: name)
      }
    }
    try options.set("seed", .number(Double(seed)), origin: name)
    return try RunConfiguration(from: options)
  }
}
