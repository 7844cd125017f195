import GRDB

/// What a store knows of one run of a study.
public struct StoredRun: Sendable {
  public let id: String
  public let arm: String
  public let seed: Int
  /// What the study has it for.
  public let stage: RunStage
  /// ``RunConfiguration/canonicalText``.
  public let configuration: String
  public let state: RunState
  public let attempts: Int
  /// Why it failed.
  public let error: String?
  /// The epochs so far.
  public let history: History
  /// The costs of a run that is done: seconds of training and evaluation, updates, gradient evaluations.
  public let seconds: Double?
  public let steps: Int?
  public let gradientEvaluations: Double?
  /// Whether a number that was recorded isn't finite; nil as long as the run isn't done.
  public let isDiverged: Bool?
  /// Where the data came from.
  public let dataOrigin: String?
  /// Where the attempts computed, each environment once; an index of ``StudyResults/environments``.
  public let environments: [Int]
  public let artifacts: [RunArtifact]
}

/// A study in a store.
public struct StoredStudy: Sendable, Hashable {
  let key: Int64
  public let name: String
  public let title: String
  public let plan: StudyPlan
  /// The part of the study that the store has; nil for all of it.
  public let share: StudyShare?
  /// Runs by state; a run that two arms share counts once.
  public let counts: RunCounts
  /// Seconds since 1970.
  public let created: Double
  public let changed: Double
}

/// A run that this worker may train, as long as it renews its lease.
public struct ClaimedRun: Sendable {
  let key: Int64
  public let id: String
  /// The first arm and seed of the study that the run is for.
  public let arm: String
  public let seed: Int
  /// What that study has it for.
  public let stage: RunStage
  /// ``RunConfiguration/canonicalText``.
  public let configuration: String
  /// Counted from 1.
  public let attempt: Int
  public let worker: String
  /// Where training can be taken up, nil at the start.
  public let checkpoint: StoredCheckpoint?
  /// The epoch at which it stops for now, to be compared with others; nil for the last one.
  let until: Int?
}

/// A checkpoint that belongs to what a store knows of a run.
public struct StoredCheckpoint: Sendable, Hashable {
  /// A checkpoint folder; relative to ``StudyStore/filesFolder``.
  public let folder: String
  /// The checkpoint's number in the folder.
  public let number: Int
}

/// A file or folder that belongs to a run.
public struct RunArtifact: Sendable, Hashable {
  public let kind: String
  /// Absolute, or relative to where the program was started.
  public let path: String
}

/// How many runs of a study are in which state.
public struct RunCounts: Sendable, Hashable {
  public var pending = 0
  public var running = 0
  public var done = 0
  public var failed = 0
  /// Trials that were stopped early.
  public var paused = 0
  /// Runs that will be known once others have ended; they are in no state yet, and don't count in ``total``.
  public var expected = 0

  public init() {}

  public var total: Int { pending + running + done + failed + paused }

  /// Whether all runs are done, but for trials that were stopped early.
  public var isComplete: Bool { total == done + paused && expected == 0 }

  package subscript(state: RunState) -> Int {
    get {
      switch state {
      case .pending: pending
      case .running: running
      case .done: done
      case .failed: failed
      case .paused: paused
      }
    }
    set {
      switch state {
      case .pending: pending = newValue
      case .running: running = newValue
      case .done: done = newValue
      case .failed: failed = newValue
      case .paused: paused = newValue
      }
    }
  }
}

/// What runs of one workload that nobody has claimed yet have to do.
struct PendingWork {
  let epochs: Int
  /// nil where none of their kind was timed.
  let secondsPerEpoch: Double?
}

/// How far a run is.
public enum RunState: String, Sendable, CaseIterable, Codable {
  case pending, running, done, failed
  /// Stopped at an epoch to be compared with others: it goes on if it is among the best.
  case paused
}

extension RunState {
  /// The state of a row of runs in SQL: a paused run is one that is pending and has been trained as far as it should.
  static let sql = """
    CASE WHEN runs.state = 'pending' AND runs.until <= (SELECT max(epoch) FROM epochs WHERE epochs.run = runs.key)
    THEN 'paused' ELSE runs.state END
    """
}

/// Everything a store knows of a study, at one moment.
public struct StudyResults: Sendable {
  public let study: StoredStudy
  /// In the plan's order, trials before final runs.
  public let runs: [StoredRun]
  /// Where runs were computed, as they came.
  public let environments: [RunEnvironment]

  /// The runs that arms are compared by.
  public var finalRuns: [StoredRun] { runs.filter { $0.stage == .final } }

  /// What the study's search has found so far, nil where settings aren't searched.
  /// - Throws: `ConfigurationError` for a plan that this version can't expand.
  public func searchFindings() throws(ConfigurationError) -> SearchFindings? {
    guard study.plan.search != nil else { return nil }
    return try PlanUnfolder(study.plan).findings(given: known)
  }

  /// What runs of trials are known by.
  private var known: KnownResults {
    var known = KnownResults()
    for run in runs where run.state != .pending || !run.history.epochs.isEmpty {
      let state: KnownRun.State = run.state == .done ? .done : run.state == .failed ? .failed : .open
      known[run.id] = KnownRun(run.history, state: state)
    }
    return known
  }

  /// The finished final runs by arm, in the plan's order.
  /// - Throws: `ConfigurationError` for a plan that this version can't expand.
  public func armResults() throws(ConfigurationError) -> [ArmResult] {
    var runs: [String: [(seed: Int, history: History)]] = [:]
    for run in finalRuns where run.state == .done { runs[run.arm, default: []].append((run.seed, run.history)) }
    return try study.plan.plannedArms().map { ArmResult($0.arm, runs: runs[$0.arm.name] ?? []) }
  }
}

/// What an epoch of a run showed.
package struct StoredEpoch {
  let run: ClaimedRun
  let record: EpochRecord
  /// Nil for the untrained model, and where the run ends.
  let checkpoint: StoredCheckpoint?
  let end: RunEnd?
  /// Whether the run stops here for now.
  var pauses = false

  package init(run: ClaimedRun, record: EpochRecord, checkpoint: StoredCheckpoint?, end: RunEnd?) {
    (self.run, self.record, self.checkpoint, self.end) = (run, record, checkpoint, end)
  }
}

extension RunStage {
  /// - Parameter row: of a study's run. A store that an older version made and that is opened for reading has no trials.
  init(_ row: Row) throws {
    let trial: Int? = row.hasColumn("trial") ? try row.decode(forColumn: "trial") : nil
    self = trial.map(RunStage.trial) ?? .final
  }
}

/// What is stored when a run is done.
package struct RunEnd: Sendable {
  let steps: Int
  let gradientEvaluations: Double
  let isDiverged: Bool
  let keepsCheckpoint: Bool

  package init(steps: Int, gradientEvaluations: Double, isDiverged: Bool, keepsCheckpoint: Bool) {
    (self.steps, self.gradientEvaluations) = (steps, gradientEvaluations)
    (self.isDiverged, self.keepsCheckpoint) = (isDiverged, keepsCheckpoint)
  }
}
