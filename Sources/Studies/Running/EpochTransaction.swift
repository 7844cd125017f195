import OrderedCollections

/// Stores an epoch of runs that are trained together, all of them at once: whenever the process ends, they stand at
/// the same epoch, and can go on together.
final class EpochTransaction {
  private let store: StudyStore
  /// Runs that are still trained.
  private var members: Int
  private let report: (EpochRecord) -> Void
  private var entries: [StoredEpoch] = []
  /// The runs that the store knows as done.
  private(set) var finished: Set<String> = []
  /// The runs that stop for now.
  private(set) var paused: Set<String> = []

  /// - Parameters:
  ///   - members: runs that are trained together.
  ///   - report: called with each stored epoch, as the mean over the runs.
  init(_ store: StudyStore, members: Int = 1, report: @escaping (EpochRecord) -> Void) {
    (self.store, self.members, self.report) = (store, members, report)
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
