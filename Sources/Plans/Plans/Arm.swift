/// One side of a comparison: its settings, and the values published for it.
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

  /// An arm whose methods are values.
  ///
  /// ```swift
  /// Arm("adam") { $0.optimizer = Adam(learningRate: 1e-3) }
  /// ```
  ///
  /// Plans, stores and pages hold them as people write them. A method without a name of its own (a
  /// `Configurable.declaration`) is an error once the plan is expanded.
  public init(
    _ name: String, published: PublishedValues? = nil, _ configure: (inout ArmSettings) throws -> Void
  ) rethrows {
    var settings = ArmSettings()
    try configure(&settings)
    self.init(name, settings: settings.overrides(origin: "arm '\(name)'"), published: published)
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

/// The results of one arm: a history per seed.
public struct ArmResult: Sendable {
  public let arm: Arm
  public var runs: [(seed: Int, history: History)]

  public init(_ arm: Arm, runs: [(seed: Int, history: History)] = []) {
    self.arm = arm
    self.runs = runs
  }

  /// The last value of a metric, one per run.
  public func last(_ metric: String) -> [Double] { runs.compactMap { $0.history.values(metric).last?.value } }

  /// The best value of a metric that is better when greater.
  public func best(_ metric: String) -> [Double] {
    runs.compactMap { $0.history.values(metric).map(\.value).filter { !$0.isNaN }.max() }
  }

  /// The first epoch at `target` or above, nil for a run that never got there.
  public func firstEpochs(_ metric: String, atLeast target: Double) -> [Int?] {
    runs.map { $0.history.firstEpoch(metric, atLeast: target) }
  }

  public var seconds: [Double] { runs.map(\.history.seconds) }
}
