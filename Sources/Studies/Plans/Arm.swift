/// One side of a comparison: what it sets, and what was published for it.
public struct Arm: Sendable, Hashable {
  public let name: String
  /// Settings that replace the study's base.
  public let settings: [Override]
  public let published: PublishedValues?

  public init(_ name: String, settings: [Override], published: PublishedValues? = nil) {
    self.name = name
    self.settings = settings
    self.published = published
  }

  /// - Parameter settings: values as a person writes them, by key.
  public init(_ name: String, _ settings: [String: String], published: PublishedValues? = nil) {
    self.init(name, settings: [Override](settings, origin: "arm '\(name)'"), published: published)
  }

  /// The run that this arm makes of a base.
  /// - Parameter seed: the run's; no setting may set it too.
  /// - Throws: `ConfigurationError` for what is unknown, of the wrong kind or out of range.
  public func configuration(base: [Override], seed: Int) throws(ConfigurationError) -> RunConfiguration {
    var options = Options(origin: "arm '\(name)'")
    try options.apply(base)
    try options.apply(settings)
    try options.set("seed", .number(Double(seed)))
    return try RunConfiguration(from: options)
  }
}
