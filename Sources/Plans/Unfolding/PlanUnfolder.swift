import Configuration
import Search

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
  /// One per arm; none where nothing is searched.
  private let searches: [ArmSearch]
  /// Runs that were made before: plans are unfolded again and again.
  private var made: [FinalRun: PlannedRun] = [:]

  private struct FinalRun: Hashable {
    let arm: Int
    let seed: Int
    let settings: [Override]
  }
  private let sequential: SequentialSeeds?

  /// - Throws: as ``StudyPlan/runs()`` does.
  public init(_ plan: StudyPlan) throws(ConfigurationError) {
    self.plan = plan
    arms = try plan.expandedArms()
    sequential = try SequentialSeeds(plan)
    guard let search = plan.search else {
      searches = []
      return
    }
    var setups: [Workload?: SearchSetup] = [:]
    for workload in plan.workloads.isEmpty ? [nil] : plan.workloads.map(Optional.some) {
      setups[workload] = try SearchSetup(search, plan, workload)
    }
    let axes = try SearchAxes(search, arms)
    var searches: [ArmSearch] = []
    for (arm, axes) in zip(arms, axes.ofArms) {
      if let setup = setups[arm.planned.workload] { searches.append(try ArmSearch(arm, axes, setup)) }
    }
    self.searches = searches
    let limit = StudyPlan.runLimit / max(1, arms.count)
    if case .trials(let count) = search.budget, count * search.studies * search.repeats > limit - plan.seeds.count {
      throw .invalid(
        message: "the plan has more than \(StudyPlan.runLimit) runs: take fewer trials", origin: search.origin)
    }
  }

  /// All runs that are known so far: the trials of a search, then the final runs, one seed after the other, so that an
  /// interrupted study has compared something. With more results there are never fewer, as long as none is taken back.
  /// - Throws: `ConfigurationError` for what a run's configuration doesn't take.
  public func runs(given known: KnownResults) throws(ConfigurationError) -> UnfoldedRuns {
    var unfolded = UnfoldedRuns([])
    let states = try states(given: known)
    try addTrials(states, to: &unfolded)
    if let sequential {
      try sequential.add(to: &unfolded, arms, given: known) { (arm, place) throws(ConfigurationError) in
        try finalRun(of: arm, place, states)
      }
      return unfolded
    }
    var missing = arms.map { _ in 0 }
    for place in plan.seeds.indices {
      for index in arms.indices {
        if let run = try finalRun(of: index, place, states) {
          unfolded.runs.append(run)
        } else {
          missing[index] += 1
        }
      }
    }
    for (arm, count) in zip(arms, missing) where count > 0 {
      unfolded.expected.append(ExpectedRuns(arm: arm.name, configuration: arm.configuration, count: count))
    }
    return unfolded
  }

  /// The run of an arm and of the seed at a place; nil while its settings aren't known.
  private func finalRun(
    of arm: Int, _ place: Int, _ states: [ArmSearch.State]
  ) throws(ConfigurationError) -> PlannedRun? {
    let study = place % (plan.search?.studies ?? 1)
    guard let settings = states.isEmpty ? [] : states[arm].settings(of: study) else { return nil }
    let seed = plan.seeds[place]
    let key = FinalRun(arm: arm, seed: seed, settings: settings)
    if let run = made[key] { return run }
    let run = try arms[arm].run(settings, seed: seed)
    if plan.unfolds { made[key] = run }
    return run
  }

  /// What the search has found so far; nil for a plan without one.
  /// - Throws: as ``runs(given:)`` does.
  public func findings(given known: KnownResults) throws(ConfigurationError) -> SearchFindings? {
    guard let search = plan.search else { return nil }
    let found = try states(given: known)
    return SearchFindings(
      search: search,
      arms: zip(searches, found).map {
        SearchedArm($0.arm.name, $1, space: $0.space, judge: $0.judge, known: known)
      })
  }

  private func states(given known: KnownResults) throws(ConfigurationError) -> [ArmSearch.State] {
    var states: [ArmSearch.State] = []
    for search in searches { states.append(try search.state(given: known)) }
    return states
  }

  /// Adds the trials of all arms by their numbers.
  private func addTrials(
    _ states: [ArmSearch.State], to unfolded: inout UnfoldedRuns
  ) throws(ConfigurationError) {
    let trials = states.enumerated().flatMap { arm, state in state.trials.map { (arm: arm, trial: $0) } }
    unfolded.runs += trials.sorted { ($0.trial.number, $0.arm) < ($1.trial.number, $1.arm) }.flatMap(\.trial.runs)
    guard let search = plan.search else { return }
    for (arm, state) in zip(arms, states) where state.expectedTrials > 0 {
      // The first trials are known from the start.
      let typical = state.trials.last?.runs.last?.configuration ?? arm.configuration
      unfolded.expected.append(
        ExpectedRuns(arm: arm.name, configuration: typical, count: state.expectedTrials * search.repeats))
    }
  }
}

extension StudyPlan {
  /// The runs that are known before any has ended; all of them, unless settings are searched
  /// or seeds are trained until the comparisons are decided.
  /// - Throws: as ``plannedArms()`` does, and `ConfigurationError` for no seeds or the same one twice, for what a
  ///   run's configuration doesn't take, for a primary metric that a run doesn't record, and for a search that the arms
  ///   can't have.
  public func runs() throws(ConfigurationError) -> [PlannedRun] { try runs(given: KnownResults()) }

  /// All runs that are known once others have ended so; see ``PlanUnfolder``, which doesn't begin anew each time.
  /// - Throws: as ``runs()`` does.
  public func runs(given known: KnownResults) throws(ConfigurationError) -> [PlannedRun] {
    try PlanUnfolder(self).runs(given: known).runs
  }

  /// Whether the ends of runs make others known.
  public var unfolds: Bool { search != nil || untilDecided != nil }

  /// Whether an arm may have a final run of a seed, whatever its settings will be.
  /// - Throws: as ``plannedArms()`` does.
  package func mayHaveFinalRun(arm: String, seed: Int) throws(ConfigurationError) -> Bool {
    let arms = try plannedArms().map(\.arm.name)
    return seeds.contains(seed) && arms.contains(arm)
  }
}
