import Foundation

/// Stores each epoch of a run with the checkpoint that goes with it.
///
/// Waiting for the disk would cost short epochs dearly, and a killed process doesn't ask for it. For a machine that
/// loses power, a checkpoint a few seconds old is on the disk for certain.
final class RunRecorder: Callback {
  private let run: ClaimedRun
  private let configuration: RunConfiguration
  private let store: StudyStore
  private let keeper: LeaseKeeper
  private let keepsCheckpoint: Bool
  private let evaluationsPerStep: Double
  private let ledger: EpochLedger
  private let clock = ContinuousClock()
  private var durableSince: ContinuousClock.Instant?

  init(
    _ run: ClaimedRun, _ configuration: RunConfiguration, in store: StudyStore, keeper: LeaseKeeper,
    keepsCheckpoint: Bool, ledger: EpochLedger
  ) throws(ConfigurationError) {
    (self.run, self.configuration, self.store, self.keeper) = (run, configuration, store, keeper)
    (self.keepsCheckpoint, self.ledger) = (keepsCheckpoint, ledger)
    // An earlier attempt's folder goes away with the first epoch: what it had on the disk must be there again.
    durableSince = run.attempt == 1 ? clock.now : nil
    evaluationsPerStep = try configuration.method().gradientRule.evaluationsPerStep
  }

  /// Each attempt has a folder of its own: a worker that lost its lease without knowing can't do harm there.
  static func folder(of run: ClaimedRun) -> String { "\(run.id)/attempt-\(run.attempt)" }

  /// Where an attempt's folder has the checkpoint that a power failure leaves.
  static func durableFolder(in folder: String) -> String { folder + "/durable" }

  private static let durableInterval = Duration.seconds(5)

  func epochEnded(_ record: EpochRecord, in trainer: Trainer) throws -> CallbackAction {
    try keeper.check()
    let isLast = record.epoch == configuration.epochs
    var checkpoint: StoredCheckpoint?
    if record.epoch > 0, !isLast || keepsCheckpoint {
      checkpoint = try save(trainer)
    }
    try ledger.add(.init(run: run, record: record, checkpoint: checkpoint, end: isLast ? end(trainer) : nil))
    return .continue
  }

  private func save(_ trainer: Trainer) throws -> StoredCheckpoint {
    let folder = Self.folder(of: run)
    let path = "\(store.filesFolder)/\(folder)"
    let checkpoint = try trainer.checkpoint(configuration: run.configuration)
    if durableSince.map({ clock.now - $0 > Self.durableInterval }) ?? true {
      try CheckpointFolder(Self.durableFolder(in: path)).save(checkpoint, keep: 1)
      durableSince = clock.now
    }
    // Two are kept: until the store knows the new one, the old one is the run's.
    let number = try CheckpointFolder(path, survivesPowerFailure: false).save(checkpoint, keep: 2)
    return StoredCheckpoint(folder: folder, number: number)
  }

  /// For a run without epochs, or one whose last epoch is stored already.
  func trainingDone(_ trainer: Trainer) throws {
    guard !ledger.finished.contains(run.id) else { return }
    try store.finish(run, end(trainer))
  }

  private func end(_ trainer: Trainer) -> RunEnd {
    let trained = trainer.history.epochs.filter { $0.epoch > 0 }
    return RunEnd(
      steps: trainer.step, gradientEvaluations: Double(trainer.step) * evaluationsPerStep,
      isDiverged: trained.contains { $0.metrics.values.contains { !$0.isFinite } }, keepsCheckpoint: keepsCheckpoint)
  }
}
