import OrderedCollections

/// Stores an epoch of runs that are trained together, all of them at once: whenever the process ends, they stand at
/// the same epoch, and can go on together.
final class EpochTransaction {
  private let store: StudyStore
  /// Runs that are still trained.
  private var members: Int
  private let report: (EpochRecord) -> Void
  private var entries: [StoredEpoch] = []
  private var checkpoints: [(run: ClaimedRun, checkpoint: StoredCheckpoint)] = []
  private let clock = ContinuousClock()
  /// When the last checkpoint within an epoch was begun and done.
  private var lastCheckpoint: (begun: ContinuousClock.Instant, done: ContinuousClock.Instant)
  /// The last place that ``isCheckpointDue(_:)`` was asked about, with its answer.
  private var asked: (place: [Int], isDue: Bool) = ([], false)
  /// The runs that the store knows as done.
  private(set) var finished: Set<String> = []
  /// The runs that stop for now.
  private(set) var paused: Set<String> = []

  /// - Parameters:
  ///   - members: runs that are trained together.
  ///   - report: called with each stored epoch, as the mean over the runs.
  init(_ store: StudyStore, members: Int = 1, report: @escaping (EpochRecord) -> Void) {
    (self.store, self.members, self.report) = (store, members, report)
    lastCheckpoint = (clock.now, clock.now)
  }

  /// Whether a part of an epoch that has ended is worth a checkpoint, for all members alike: a quarter of a second after the last one,
  /// or later if checkpoints would take more than a twentieth of the time.
  func isCheckpointDue(_ progress: ChunkProgress) -> Bool {
    let place = [progress.epoch, progress.steps]
    if asked.place != place {
      let cost = lastCheckpoint.begun.duration(to: lastCheckpoint.done)
      let isDue = lastCheckpoint.done.duration(to: clock.now) > max(.milliseconds(250), cost * 20)
      if isDue { lastCheckpoint.begun = clock.now }
      asked = (place, isDue)
    }
    return asked.isDue
  }

  /// Stores a checkpoint from within an epoch.
  /// - Throws: as ``add(_:)`` does.
  func add(_ run: ClaimedRun, checkpoint: StoredCheckpoint) throws(StoreError) {
    checkpoints.append((run, checkpoint))
    guard checkpoints.count == members else { return }
    let complete = checkpoints
    checkpoints = []
    try store.keep(complete)
    lastCheckpoint.done = clock.now
  }

  /// - Throws: ``StoreError``, ``StoreError/leaseLost(run:)`` if another worker has claimed one of the runs.
  func add(_ entry: StoredEpoch) throws(StoreError) {
    entries.append(entry)
    guard entries.count == members else { return }
    let complete = entries
    entries = []
    // A run that a callback has stopped has no further epochs.
    members -= complete.count { $0.end != nil || $0.pauses }
    try store.record(complete)
    finished.formUnion(complete.filter { $0.end != nil }.map(\.run.id))
    paused.formUnion(complete.filter(\.pauses).map(\.run.id))
    report(Self.mean(complete.map(\.record)))
  }

  private static func mean(_ records: [EpochRecord]) -> EpochRecord {
    let (first, count) = (records[0], Double(records.count))
    let means = first.metrics.keys.map { name in (name, records.reduce(0) { $0 + ($1[name] ?? .nan) } / count) }
    return EpochRecord(
      epoch: first.epoch, step: first.step, metrics: OrderedDictionary(uniqueKeysWithValues: means),
      trainingSeconds: first.trainingSeconds, evaluationSeconds: first.evaluationSeconds)
  }
}
