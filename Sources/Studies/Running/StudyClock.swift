/// How long a study still takes, from what its epochs have taken so far.
final class StudyClock {
  private let store: StudyStore
  private let study: StoredStudy?
  private let configuration: RunConfiguration
  private let members: Int
  private var (seconds, epochs) = (0.0, 0)
  /// Estimates change slowly, and asking the store each epoch would cost short ones dearly.
  private var others: (seconds: Double, epoch: Int)?

  /// - Parameter members: runs that are trained together.
  init(_ store: StudyStore, _ study: StoredStudy?, _ configuration: RunConfiguration, members: Int) {
    (self.store, self.study, self.configuration, self.members) = (store, study, configuration, members)
  }

  /// Seconds until this run is done and the pending ones are, by all workers there are; nil before the first epoch.
  func remaining(after record: EpochRecord) -> Double? {
    guard record.epoch > 0 else { return nil }
    seconds += record.trainingSeconds + record.evaluationSeconds
    epochs += 1
    let perEpoch = seconds / Double(epochs)
    let rest = perEpoch * Double(members * (configuration.epochs - record.epoch))
    if others.map({ epochs >= 2 * $0.epoch }) ?? true {
      guard let waiting = try? pending(default: perEpoch) else { return rest }
      others = (waiting, epochs)
    }
    return rest + (others?.seconds ?? 0)
  }

  private func pending(default perEpoch: Double) throws -> Double {
    let workers = max(1, try store.counts(of: study).running - members + 1)
    let seconds = try store.pendingWork(of: study).reduce(0) { sum, work in
      sum + (try store.secondsPerEpoch(of: work.workload) ?? perEpoch) * Double(work.epochs)
    }
    return seconds / Double(workers)
  }
}
