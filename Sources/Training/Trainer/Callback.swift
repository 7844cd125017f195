/// Something that watches training and may end it.
public protocol Callback: AnyObject {
  /// Called before the first epoch of a call of `fit`.
  func trainingBegan(_ plan: FitPlan) throws
  /// Some steps of an epoch are done; only called where an epoch is run in chunks.
  func chunkEnded(_ progress: ChunkProgress) throws
  /// - Returns: why training should end now, nil to go on.
  func epochEnded(_ record: EpochRecord, _ trainer: Trainer) throws -> String?
  /// Called when all epochs are done, or training was ended by a callback; not after an error.
  func trainingEnded(_ history: History) throws
}

extension Callback {
  public func trainingBegan(_ plan: FitPlan) throws {}
  public func chunkEnded(_ progress: ChunkProgress) throws {}
  public func epochEnded(_ record: EpochRecord, _ trainer: Trainer) throws -> String? { nil }
  public func trainingEnded(_ history: History) throws {}
}

/// How far an epoch is.
public struct ChunkProgress: Sendable {
  /// From 1.
  public let epoch: Int
  /// Steps of this epoch that are done.
  public let steps: Int
  public let stepsPerEpoch: Int
  /// Seconds since the epoch began.
  public let seconds: Double
  /// The epoch's running means so far, by name.
  public let metrics: [(name: String, value: Double)]

  public init(
    epoch: Int, steps: Int, stepsPerEpoch: Int, seconds: Double, metrics: [(name: String, value: Double)]
  ) {
    self.epoch = epoch
    self.steps = steps
    self.stepsPerEpoch = stepsPerEpoch
    self.seconds = seconds
    self.metrics = metrics
  }
}

/// A callback whose decisions depend on earlier epochs. Checkpoints keep what it remembers, and `fit` hands it
/// back after `Trainer.restore`, when training has begun.
///
/// A ``CheckpointCallback`` saves what the callbacks before it in the list have made of the epoch.
public protocol RememberingCallback: Callback {
  /// The key under which its memory is kept; where several callbacks have one name, their order tells them apart.
  var memoryName: String { get }
  /// What has to be known for going on as if there had been no break.
  func memory() throws -> CallbackMemory
  /// Called after ``Callback/trainingBegan(_:)``.
  func recall(_ memory: CallbackMemory, in trainer: Trainer) throws
}
