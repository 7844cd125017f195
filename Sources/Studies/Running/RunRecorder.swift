import Foundation

/// Stores each epoch of a run with the checkpoint that goes with it.
final class RunRecorder: Callback {
  private let run: ClaimedRun
  private let configuration: RunConfiguration
  private let store: StudyStore
  private let keeper: LeaseKeeper
  private let keepsCheckpoint: Bool
  private let evaluationsPerStep: Double
  private let report: (EpochRecord) -> Void
  /// Whether the store knows the run as done.
  private(set) var isFinished = false

  init(
    _ run: ClaimedRun, _ configuration: RunConfiguration, in store: StudyStore, keeper: LeaseKeeper,
    keepsCheckpoint: Bool, report: @escaping (EpochRecord) -> Void
  ) throws(ConfigurationError) {
    (self.run, self.configuration, self.store, self.keeper) = (run, configuration, store, keeper)
    (self.keepsCheckpoint, self.report) = (keepsCheckpoint, report)
    evaluationsPerStep = try configuration.method().gradientRule.evaluationsPerStep
  }

  /// Each attempt has a folder of its own: a worker that lost its lease without knowing can't do harm there.
  static func folder(of run: ClaimedRun) -> String { "\(run.id)/attempt-\(run.attempt)" }

  func epochEnded(_ record: EpochRecord, _ trainer: Trainer) throws -> String? {
    try keeper.check()
    let isLast = record.epoch == configuration.epochs
    var checkpoint: StoredCheckpoint?
    if record.epoch > 0, !isLast || keepsCheckpoint {
      let folder = Self.folder(of: run)
      // Two are kept: until the store knows the new one, the old one is the run's.
      let number = try CheckpointFolder("\(store.filesFolder)/\(folder)")
        .save(trainer.checkpoint(configuration: run.configuration), keep: 2)
      checkpoint = StoredCheckpoint(folder: folder, number: number)
    }
    try store.record(record, of: run, checkpoint: checkpoint, end: isLast ? end(trainer) : nil)
    isFinished = isLast
    report(record)
    return nil
  }

  /// For a run without epochs, or one whose last epoch is stored already.
  func trainingDone(_ trainer: Trainer) throws {
    guard !isFinished else { return }
    try store.finish(run, end(trainer))
    isFinished = true
  }

  private func end(_ trainer: Trainer) -> RunEnd {
    let trained = trainer.history.epochs.filter { $0.epoch > 0 }
    return RunEnd(
      steps: trainer.step, gradientEvaluations: Double(trainer.step) * evaluationsPerStep,
      isDiverged: trained.contains { $0.metrics.values.contains { !$0.isFinite } }, keepsCheckpoint: keepsCheckpoint)
  }
}
