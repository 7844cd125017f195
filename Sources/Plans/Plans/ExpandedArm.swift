import Configuration

/// An arm of a plan with its configuration.
struct ExpandedArm: Sendable {
  let planned: PlannedArm
  private let base: [Override]
  /// Of the seed 0.
  let configuration: RunConfiguration
  /// Whether the data differ from seed to seed.
  let followsSeed: Bool

  init(_ planned: PlannedArm, base: [Override], _ configuration: RunConfiguration, followsSeed: Bool) {
    (self.planned, self.base, self.configuration, self.followsSeed) = (planned, base, configuration, followsSeed)
  }

  var name: String { planned.arm.name }

  /// The arm's configuration with some settings replaced.
  func configuration(with settings: [Override], seed: Int = 0) throws(ConfigurationError) -> RunConfiguration {
    if settings.isEmpty, !followsSeed {
      var seeded = configuration
      seeded.seed = seed
      return seeded
    }
    return try Arm(name, settings: planned.arm.settings + settings).configuration(base: base, seed: seed)
  }

  /// The final run of a seed.
  /// - Parameter settings: what a search has found; they replace the arm's own.
  func run(_ settings: [Override] = [], seed: Int) throws(ConfigurationError) -> PlannedRun {
    PlannedRun(arm: name, seed: seed, configuration: try configuration(with: settings, seed: seed))
  }

  /// A run that is judged by a part of the training data.
  /// - Parameters:
  ///   - fraction: what is held out of the examples that the arm trains on.
  ///   - seed: of the run, and of what is held out.
  func trial(
    _ number: Int, _ settings: [Override], holdingOut fraction: Double, seed: Int
  ) throws(ConfigurationError) -> PlannedRun {
    var configuration = try configuration(with: settings, seed: seed)
    // Examples that the arm leaves out are no training data to judge it by.
    if let count = configuration.examples {
      configuration.data = MethodSpec(
        "subset",
        Options([
          "data": .choice(configuration.data), "train": .number(Double(count)), "test": .number(Double(Int32.max)),
        ]))
      configuration.examples = nil
    }
    configuration.data = MethodSpec(
      "heldOut",
      Options([
        "data": .choice(configuration.data), "fraction": .number(fraction), "seed": .number(Double(seed)),
      ]))
    return PlannedRun(arm: name, seed: seed, configuration: configuration.canonical, stage: .trial(number))
  }

  /// What the arm's settings are with one more, read but not checked.
  func options(with setting: Override) throws(ConfigurationError) -> Options {
    var options = Options(origin: "arm '\(name)'")
    try options.apply(base)
    try options.apply(planned.arm.settings + [setting])
    try options.set("seed", .number(0))
    return options
  }
}
