import Statistics

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
  /// Values of the metric whose first epochs are reported.
  public var targets: [Double]
  /// Whether runs have epochs; those of experiments have a result only, and their reports speak of no epochs.
  public var isTraining: Bool
  /// What to type to run the study again, a line.
  public var command: String
  /// The plan as YAML, where the command needs it in a file.
  public var plan: String?
  /// Versions, device, data and the like, in the order to show them.
  public var environment: [EnvironmentFact]
  /// Runs that ended with an error.
  public var failures: [RunFailure]
  /// What else a reader must know: what a smaller budget leaves out, say. A sentence each.
  public var notes: [String]
  /// The problems that every arm was trained on, each with its own metric, in the plan's order; none for a study of one
  /// problem.
  public var workloads: [WorkloadFacts] = []
  /// What was tried before the runs, if settings were searched; of a study with workloads each has its own.
  public var search: SearchFacts?
  /// How seeds were looked at; nil for a number of seeds that was fixed.
  public var sequential: SequentialDesign?
  /// The largest irrelevant difference that the plan names.
  public var margin: Double?
  /// Runs that are to be trained still, where that doesn't follow from ``seeds``.
  public var unfinished: Int?

  public init(
    name: String, title: String? = nil, arms: [ArmFacts], metric: PrimaryMetric = PrimaryMetric(), seeds: [Int] = [],
    targets: [Double] = [], isTraining: Bool = true, command: String = "", plan: String? = nil,
    environment: [EnvironmentFact] = [], failures: [RunFailure] = [], notes: [String] = [],
    sequential: SequentialDesign? = nil, margin: Double? = nil, unfinished: Int? = nil
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
    self.sequential = sequential
    self.margin = margin
    self.unfinished = unfinished
  }
}

/// An arm as a report shows it.
public struct ArmFacts: Sendable, Equatable, Encodable {
  public var name: String
  /// Where it was trained; nil for a study without workloads.
  public var workload: WorkloadPlace?
  /// The arm it is compared with; nil for a baseline.
  public var baseline: String?
  /// All that decides its runs, method by method, without the seed.
  public var settings: [ReportSetting]
  /// Gradients that a step evaluates: two for sharpness-aware rules.
  public var evaluationsPerStep: Double
  /// What was published for it.
  public var published: [PublishedValue]

  public init(
    _ name: String, baseline: String? = nil, settings: [ReportSetting] = [], evaluationsPerStep: Double = 1,
    published: [PublishedValue] = []
  ) {
    self.name = name
    self.baseline = baseline
    self.settings = settings
    self.evaluationsPerStep = evaluationsPerStep
    self.published = published
  }
}

/// One thing that results depend on besides the settings: a version, the device, where the data came from.
public struct EnvironmentFact: Sendable, Hashable, Encodable {
  public var name: String
  public var value: String

  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// One thing that was set: a key, or keys of methods inside methods.
public struct ReportSetting: Sendable, Hashable, Encodable {
  /// `optimizer`, `optimizer.learningRate`, ….
  public var path: String
  /// As a person writes it.
  public var value: String
  /// The value, if it is a number.
  public var number: Double?

  public init(_ path: String, _ value: String, number: Double? = nil) {
    self.path = path
    self.value = value
    self.number = number
  }
}

/// A run that ended with an error instead of a result.
public struct RunFailure: Sendable, Hashable, Encodable {
  public var arm: String
  public var seed: Int
  public var message: String

  public init(arm: String, seed: Int, message: String) {
    self.arm = arm
    self.seed = seed
    self.message = message
  }
}

extension PrimaryMetric: Encodable {
  private enum CodingKeys: String, CodingKey {
    case name, better, reading
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(better.rawValue, forKey: .better)
    try container.encode(reading.rawValue, forKey: .reading)
  }

  /// What is better, in the words of the statistics.
  var direction: BetterDirection { better == .higher ? .higher : .lower }
}
