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
  private let sequential: SequentialSeeds?

  /// - Throws: as ``StudyPlan/runs()`` does.
  public init(_ plan: StudyPlan) throws(ConfigurationError) {
    self.plan = plan
    arms = try plan.expandedArms()
    sequential = try SequentialSeeds(plan)
  }

  /// All runs that are known so far. With more results there are never fewer, as long as none is taken back.
  /// - Throws: `ConfigurationError` for what a run's configuration doesn't take.
  public func runs(given known: KnownResults) throws(ConfigurationError) -> UnfoldedRuns {
    if let sequential {
      var unfolded = UnfoldedRuns([])
      try sequential.add(to: &unfolded, arms, given: known) { (arm, place) throws(ConfigurationError) in
        try arms[arm].run(seed: plan.seeds[place])
      }
      return unfolded
    }
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

extension StudyPlan {
  /// The runs that are known before any has ended: all of them, one seed after the other, so that an interrupted study
  /// has compared something.
  /// - Throws: as ``plannedArms()`` does, and `ConfigurationError` for no seeds or the same one twice, for what a
  ///   run's configuration doesn't take, and for a primary metric that a run doesn't record.
  public func runs() throws(ConfigurationError) -> [PlannedRun] { try runs(given: KnownResults()) }

  /// All runs that are known once others have ended so; see ``PlanUnfolder``, which doesn't begin anew each time.
  /// - Throws: as ``runs()`` does.
  public func runs(given known: KnownResults) throws(ConfigurationError) -> [PlannedRun] {
    try PlanUnfolder(self).runs(given: known).runs
  }

  /// Whether the ends of runs make others known.
  public var unfolds: Bool { untilDecided != nil }

  /// Whether an arm may have a final run of a seed, whatever its settings will be.
  /// - Throws: as ``plannedArms()`` does.
  package func mayHaveFinalRun(arm: String, seed: Int) throws(ConfigurationError) -> Bool {
    let arms = try plannedArms().map(\.arm.name)
    return seeds.contains(seed) && arms.contains(arm)
  }
}
