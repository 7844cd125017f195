import Studies

/// The source that a server reads studies from, repeatedly while they run.
public protocol LiveStudySource: Sendable {
  /// All studies, in the order to list them.
  func studies() throws -> [LiveStudySummary]

  /// The current state of a study; `nil` if none has that name.
  func study(named name: String) throws -> LiveStudy?
}

/// A study as it appears in a list.
public struct LiveStudySummary: Sendable, Equatable {
  public var name: String
  public var title: String
  public var counts: RunCounts

  public init(name: String, title: String, counts: RunCounts) {
    self.name = name
    self.title = title
    self.counts = counts
  }
}

/// The state of a study at one moment, including unfinished runs.
public struct LiveStudy: Sendable {
  public var facts: StudyFacts
  /// In the order of the plan, trials before final runs.
  public var runs: [LiveRun]
  /// Runs that will be known once others have ended.
  public var expected: Int

  public init(facts: StudyFacts, runs: [LiveRun], expected: Int = 0) {
    self.facts = facts
    self.runs = runs
    self.expected = expected
  }

  public var counts: RunCounts {
    var counts = RunCounts()
    counts.expected = expected
    for run in runs {
      switch run.state {
      case .pending: counts.pending += 1
      case .running: counts.running += 1
      case .done: counts.done += 1
      case .failed: counts.failed += 1
      case .paused: counts.paused += 1
      }
    }
    return counts
  }

  /// The report on finished runs, which later runs may still change; `nil` while there are none.
  public func report() throws -> StudyReport? {
    let results = results(of: finishedRuns)
    return results.isEmpty ? nil : try StudyReport(facts, results)
  }

  /// A report for learning curves that includes unfinished runs; `nil` while none has recorded an epoch.
  func curves() throws -> StudyReport? {
    let results = results(of: begunRuns)
    return results.isEmpty ? nil : try StudyReport(curvesOf: facts, results)
  }

  var finishedRuns: [LiveRun] { runs.filter { $0.stage == .final && $0.state == .done } }

  /// The runs that have curves, finished or not.
  var begunRuns: [LiveRun] {
    runs.filter { $0.stage == .final && $0.state != .pending && !$0.history.epochs.isEmpty }
  }

  private func results(of runs: [LiveRun]) -> [ArmResult] {
    let taken = Dictionary(grouping: runs, by: \.arm)
    return facts.arms.compactMap { arm in
      taken[arm.name].map { ArmResult(Arm(arm.name, settings: []), runs: $0.map { ($0.seed, $0.history) }) }
    }
  }
}

/// The last report that was made, to be told again as long as nothing that it depends on has changed: the report of
/// 1,000 arms takes seconds.
struct LastReport: Sendable {
  private var made: (facts: StudyFacts, runs: [LiveRun], report: StudyReport?)?

  /// The report on the finished runs of a study; `nil` while there are none.
  mutating func report(on study: LiveStudy) throws -> StudyReport? {
    let runs = study.finishedRuns
    if let made, made.facts == study.facts, made.runs == runs { return made.report }
    let report = try study.report()
    made = (study.facts, runs, report)
    return report
  }
}

/// The state of a run at one moment.
public struct LiveRun: Sendable, Equatable {
  public var arm: String
  public var seed: Int
  public var stage: RunStage
  public var state: RunState
  /// The epochs so far.
  public var history: History
  /// The number of epochs planned.
  public var plannedEpochs: Int
  /// The reason for a failure.
  public var error: String?

  public init(
    arm: String, seed: Int, stage: RunStage = .final, state: RunState, history: History = History(),
    plannedEpochs: Int, error: String? = nil
  ) {
    self.arm = arm
    self.seed = seed
    self.stage = stage
    self.state = state
    self.history = history
    self.plannedEpochs = plannedEpochs
    self.error = error
  }

  /// The completed fraction, from 0 to 1.
  public var progress: Double {
    if state == .done { return 1 }
    return min(1, Double(history.epochs.last?.epoch ?? 0) / Double(max(1, plannedEpochs)))
  }
}

/// The studies of a store, which other processes may be writing. Each read opens the store anew and read-only, so that
/// it may appear, disappear or be replaced. Runs that are done are kept in memory.
public struct StoreSource: LiveStudySource {
  public let path: String
  private let finished = FinishedRuns()

  public init(_ path: String) { self.path = path }

  /// - Throws: `StoreError`.
  public func studies() throws -> [LiveStudySummary] {
    try StudyStore(path, access: .read).studies().sorted { $0.changed > $1.changed }.map {
      LiveStudySummary(name: $0.name, title: $0.title, counts: $0.counts)
    }
  }

  /// - Throws: `StoreError`, or `ConfigurationError` for a plan that this version cannot expand.
  public func study(named name: String) throws -> LiveStudy? {
    let store = try StudyStore(path, access: .read)
    guard let study = try store.studies().first(where: { $0.name == name }) else { return nil }
    let results = try store.results(of: study, reusing: finished)
    let facts = try StudyFacts(results)
    var epochs: [String: Int] = [:]
    for arm in facts.arms {
      epochs[arm.name] = arm.settings.first { $0.path == "epochs" }?.number.flatMap { Int(exactly: $0) }
    }
    return LiveStudy(
      facts: facts,
      runs: results.runs.map { run in
        LiveRun(
          arm: run.arm, seed: run.seed, stage: run.stage, state: run.state, history: run.history,
          plannedEpochs: epochs[run.arm] ?? 1, error: run.error)
      }, expected: results.study.counts.expected)
  }
}
