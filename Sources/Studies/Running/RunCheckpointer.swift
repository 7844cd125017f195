import Foundation
import Training

/// Stores each epoch of a run with the checkpoint that goes with it, and within long epochs of parts checkpoints alone.
///
/// Waiting for the disk would cost short epochs dearly, and a killed process doesn't ask for it. For a machine that
/// loses power, a checkpoint a few seconds old is on the disk for certain.
final class RunCheckpointer: Callback {
  private let run: ClaimedRun
  private let configuration: RunConfiguration
  private let store: StudyStore
  private let heartbeat: LeaseHeartbeat
  private let keepsCheckpoint: Bool
  private let evaluationsPerStep: Double
  private let transaction: EpochTransaction
  private let clock = ContinuousClock()
  private var durableSince: ContinuousClock.Instant?

  init(
    _ run: ClaimedRun, _ configuration: RunConfiguration, in store: StudyStore, heartbeat: LeaseHeartbeat,
    keepsCheckpoint: Bool, transaction: EpochTransaction
  ) throws(ConfigurationError) {
    (self.run, self.configuration, self.store, self.heartbeat) = (run, configuration, store, heartbeat)
    (self.keepsCheckpoint, self.transaction) = (keepsCheckpoint, transaction)
    // An earlier attempt's folder goes away with the first epoch: what it had on the disk must be there again.
    durableSince = run.attempt == 1 ? clock.now : nil
    evaluationsPerStep = try configuration.method().gradientRule.evaluationsPerStep
  }

  /// Each attempt has a folder of its own: a worker that lost its lease without knowing can't do harm there.
  static func folder(of run: ClaimedRun) -> String { "\(run.id)/attempt-\(run.attempt)" }

  /// Where an attempt's folder has the checkpoint that a power failure leaves.
  static func durableFolder(in folder: String) -> String { folder + "/durable" }

  private static let durableInterval = Duration.seconds(5)

  func chunkEnded(_ progress: ChunkProgress, in trainer: Trainer) throws {
    // The epoch's own checkpoint follows its last part.
    guard progress.steps < progress.stepsPerEpoch else { return }
    try heartbeat.check()
    if transaction.isCheckpointDue(progress) { try transaction.add(run, checkpoint: save(trainer)) }
  }

  func epochEnded(_ record: EpochRecord, in trainer: Trainer) throws -> CallbackAction {
    try heartbeat.check()
    // A callback before this one may have stopped the run.
    let isLast = record.epoch == configuration.epochs || trainer.history.stopReason != nil
    var checkpoint: StoredCheckpoint?
    if record.epoch > 0, !isLast || keepsCheckpoint {
      checkpoint = try save(trainer)
    }
    var entry = StoredEpoch(run: run, record: record, checkpoint: checkpoint, end: isLast ? end(trainer) : nil)
    entry.pauses = !isLast && record.epoch == run.until
    try transaction.add(entry)
    return entry.pauses ? .stop(reason: "compared with other trials after epoch \(record.epoch)") : .continue
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
    guard !transaction.finished.contains(run.id), !transaction.paused.contains(run.id) else { return }
    try store.finish(run, end(trainer))
  }

  private func end(_ trainer: Trainer) -> RunEnd {
    let trained = trainer.history.epochs.filter { $0.epoch > 0 }
    return RunEnd(
      steps: trainer.step, gradientEvaluations: Double(trainer.step) * evaluationsPerStep,
      isDiverged: trained.contains { $0.metrics.values.contains { !$0.isFinite } }, keepsCheckpoint: keepsCheckpoint)
  }
}

/// The checkpoints of runs, which lie beside the store.
extension StudyStore {
  /// Where the callbacks of a run's configuration write: logs for TensorBoard, checkpoints.
  func callbackFolder(of run: String) -> String { "\(filesFolder)-logs/\(run.prefix(12))" }

  /// Takes up training at the checkpoint that the store knows, or else at the last one that was on the disk for
  /// certain.
  /// - Returns: why the first isn't possible; nil if it is, or nothing was done yet.
  func restore(_ run: ClaimedRun, into trainer: Trainer) throws -> String? {
    // An untrained model's record has no checkpoint; it is made again.
    guard let stored = run.checkpoint else {
      try rewrite(run, History())
      return nil
    }
    let path = "\(filesFolder)/\(stored.folder)"
    let reason: CheckpointError
    do {
      try trainer.restore(CheckpointFolder(path).load(stored.number))
      return nil
    } catch let error as CheckpointError {
      reason = error
    }
    do {
      let durable = RunCheckpointer.durableFolder(in: stored.folder)
      let folder = CheckpointFolder("\(filesFolder)/\(durable)")
      guard let number = try folder.numbers().last else { throw reason }
      let older = try folder.load(number)
      try trainer.restore(older)
      try rewrite(run, older.history, checkpoint: StoredCheckpoint(folder: durable, number: number))
    } catch is CheckpointError {
      try rewrite(run, History())
    }
    return reason.description
  }

  /// Removes the checkpoints of a run's earlier attempts.
  func removeOtherAttempts(of run: ClaimedRun) {
    let folder = "\(filesFolder)/\(run.id)"
    let own = "attempt-\(run.attempt)"
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where name != own {
      try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
    }
  }
}
