/// Saves a checkpoint every few epochs and at the end of training, early or not.
///
/// ```swift
/// let folder = CheckpointFolder("runs/first/checkpoints")
/// if let checkpoint = try folder.latest() { try trainer.restore(checkpoint) }
/// let history = try trainer.fit(
///   data, epochs: 20 - trainer.epoch, batchSize: 100, callbacks: [CheckpointCallback(folder)])
/// ```
/// Put it last among the callbacks, so that what the others remember includes the epoch.
public final class CheckpointCallback: Callback {
  private let folder: CheckpointFolder
  private let epochs: Int
  private let keep: Int
  private let configuration: String
  /// The trainer, while it has done epochs that aren't saved.
  private var unsaved: Trainer?

  /// - Parameters:
  ///   - epochs: from one checkpoint to the next.
  ///   - keep: how many checkpoints stay.
  ///   - configuration: kept beside the state, for ``Trainer/restore(from:configuration:)`` to compare.
  /// - Throws: ``CheckpointError/invalidSetting(name:value:requirement:)`` for numbers below 1.
  public init(
    _ folder: CheckpointFolder, every epochs: Int = 1, keep: Int = 2, configuration: String = ""
  ) throws(CheckpointError) {
    for (name, value) in [("every", epochs), ("keep", keep)] where value < 1 {
      throw .invalidSetting(name: name, value: value, requirement: "1 or more")
    }
    (self.folder, self.epochs, self.keep, self.configuration) = (folder, epochs, keep, configuration)
  }

  public func epochEnded(_ record: EpochRecord, _ trainer: Trainer) throws -> String? {
    guard record.epoch > 0 else { return nil }
    unsaved = trainer
    if record.epoch % epochs == 0 { try save() }
    return nil
  }

  public func trainingEnded(_ history: History) throws { try save() }

  private func save() throws {
    guard let trainer = unsaved else { return }
    try folder.save(trainer.checkpoint(configuration: configuration), keep: keep)
    unsaved = nil
  }
}
