/// Saves a checkpoint every few epochs and at the end of training, early or not.
///
/// ```swift
/// let data = try SyntheticDigits.generate(trainCount: 200, testCount: 100)
/// let trainer = try Trainer(
///   model: Sequential { Flatten(); Dense(10) },
///   method: Method(loss: SoftmaxCrossEntropy(), optimizer: Adam()) {
///     $0.preprocessing = Rescaling(dividingBy: 255)
///   },
///   inputs: data.train.inputs)
/// let folder = CheckpointFolder("runs/second/checkpoints")
/// if let checkpoint = try folder.latest() { try trainer.restore(checkpoint) }
/// try trainer.fit(
///   data.train, epochs: 4 - trainer.epoch, batchSize: 50, callbacks: [CheckpointCallback(folder, every: 2)])
/// ```
/// It is called after all others, wherever it is in the list, so that their memories include the epoch.
public final class CheckpointCallback: Callback {
  private let folder: CheckpointFolder
  private let epochs: Int
  /// Parts of an epoch from one checkpoint to the next; nil for checkpoints between epochs only.
  private let parts: Int?
  private var partsDone = 0
  private let keep: Int
  private let configuration: String
  /// Whether epochs have been done since the last save.
  private var isBehind = false

  /// - Parameters:
  ///   - epochs: number of epochs from one checkpoint to the next.
  ///   - parts: number of parts of an epoch from one checkpoint to the next, where an epoch has parts: it is streamed, or
  ///     ``FitOptions/chunksPerEpoch`` divides it. A training that continues from such a checkpoint continues within the epoch.
  ///   - keep: number of checkpoints to keep.
  ///   - configuration: saved with the state, for ``Trainer/restore(from:configuration:)`` to compare.
  /// - Throws: ``CheckpointError/invalidSetting(name:value:requirement:)`` for numbers below 1.
  public init(
    _ folder: CheckpointFolder, every epochs: Int = 1, parts: Int? = nil, keep: Int = 2, configuration: String = ""
  ) throws(CheckpointError) {
    for (name, value) in [("every", epochs), ("keep", keep), ("parts", parts ?? 1)] where value < 1 {
      throw .invalidSetting(name: name, value: value, requirement: "1 or more")
    }
    (self.folder, self.epochs, self.parts, self.keep) = (folder, epochs, parts, keep)
    self.configuration = configuration
  }

  public func chunkEnded(_ progress: ChunkProgress, in trainer: Trainer) throws {
    guard let parts else { return }
    partsDone += 1
    isBehind = true
    // The epoch's own checkpoint follows its last part.
    if partsDone % parts == 0, progress.steps < progress.stepsPerEpoch { try save(trainer) }
  }

  public func epochEnded(_ record: EpochRecord, in trainer: Trainer) throws -> CallbackAction {
    guard record.epoch > 0 else { return .continue }
    isBehind = true
    if record.epoch % epochs == 0 { try save(trainer) }
    return .continue
  }

  public func trainingEnded(_ history: History, in trainer: Trainer) throws { try save(trainer) }

  private func save(_ trainer: Trainer) throws {
    guard isBehind else { return }
    try folder.save(trainer.checkpoint(configuration: configuration), keep: keep)
    isBehind = false
  }
}
