import Configuration

/// Expands a plan to its runs, again and again while results come in.
///
/// The runs are a function of the plan and of the results: however many processes work on a study, in whatever order
/// its runs end and whichever of them are killed, they agree on its runs.
///
/// ```swift
/// let plan = StudyPlan(
///   name: "rates", base: ["data": "digits", "epochs": "2"],
///   arms: [Arm("sgd") { $0.optimizer = SGD() }, Arm("adam") { $0.optimizer = Adam() }], seeds: [0, 1])
/// let unfolder = try PlanUnfolder(plan)
/// print(try unfolder.runs(given: KnownResults()).runs.count)  // 4
/// ```
public final class PlanUnfolder {
  public let plan: StudyPlan
  private let arms: [ExpandedArm]

  /// - Throws: as ``StudyPlan/runs()`` does.
  public init(_ plan: StudyPlan) throws(ConfigurationError) {
    self.plan = plan
    arms = try plan.expandedArms()
  }

  /// All runs that are known so far. With more results there are never fewer, as long as none is taken back.
  /// - Throws: `ConfigurationError` for what a run's configuration doesn't take.
  public func runs(given known: KnownResults) throws(ConfigurationError) -> UnfoldedRuns {
    var runs: [PlannedRun] = []
    for seed in plan.seeds {
      for arm in arms { runs.append(try arm.run(seed: seed)) }
    }
    return UnfoldedRuns(runs)
  }
}

/// An arm of a plan with its configuration.
struct ExpandedArm {
  let planned: PlannedArm
  private let base: [Override]
  /// Of the seed 0.
  let configuration: RunConfiguration
  /// Whether the data differ from seed to seed.
  private let followsSeed: Bool

  init(_ planned: PlannedArm, base: [Override], _ configuration: RunConfiguration, followsSeed: Bool) {
    (self.planned, self.base, self.configuration, self.followsSeed) = (planned, base, configuration, followsSeed)
  }

  var name: String { planned.arm.name }

  /// The final run of a seed.
  func run(seed: Int) throws(ConfigurationError) -> PlannedRun {
    var seeded = configuration
    if followsSeed { seeded = try planned.arm.configuration(base: base, seed: seed) }
    seeded.seed = seed
    return PlannedRun(arm: name, seed: seed, configuration: seeded)
  }
}
