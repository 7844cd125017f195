/// What a report knows of a study besides its results.
public struct StudyFacts: Sendable, Equatable, Encodable {
  /// What the store and files call it.
  public var name: String
  /// The heading.
  public var title: String
  /// In the order of the plan.
  public var arms: [ArmFacts]
  public var metric: PrimaryMetric
  /// The seeds planned for every arm.
  public var seeds: [Int]
  /// Values of the metric whose first epochs are told.
  public var targets: [Double]
  /// Whether runs have epochs; those of experiments have a result only, and their reports speak of no epochs.
  public var isTraining: Bool
  /// What to type to run the study again, a line.
  public var command: String
  /// The plan as YAML, where the command needs it in a file.
  public var plan: String?
  /// Versions, device, data and the like, in the order to tell them.
  public var environment: [EnvironmentFact]
  /// Runs that ended with an error.
  public var failures: [RunFailure]
  /// What else a reader must know: what a smaller budget leaves out, say. A sentence each.
  public var notes: [String]

  public init(
    name: String, title: String? = nil, arms: [ArmFacts], metric: PrimaryMetric = PrimaryMetric(), seeds: [Int] = [],
    targets: [Double] = [], isTraining: Bool = true, command: String = "", plan: String? = nil,
    environment: [EnvironmentFact] = [], failures: [RunFailure] = [], notes: [String] = []
  ) {
    self.name = name
    self.title = title ?? name
    self.arms = arms
    self.metric = metric
    self.seeds = seeds
    self.targets = targets
    self.isTraining = isTraining
    self.command = command
    self.plan = plan
    self.environment = environment
    self.failures = failures
    self.notes = notes
  }
}
