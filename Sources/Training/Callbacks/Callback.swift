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
