/// Something that watches training and may end it.
public protocol Callback: AnyObject {
  func trainingBegan(_ plan: FitPlan) throws
  /// Some steps of an epoch are done; only called where an epoch is run in chunks.
  func chunkEnded(_ progress: ChunkProgress) throws
  /// - Returns: why training should end now, nil to go on.
  func epochEnded(_ record: EpochRecord, _ trainer: Trainer) throws -> String?
  func trainingEnded(_ history: History) throws
}

extension Callback {
  public func trainingBegan(_ plan: FitPlan) throws {}
  public func chunkEnded(_ progress: ChunkProgress) throws {}
  public func epochEnded(_ record: EpochRecord, _ trainer: Trainer) throws -> String? { nil }
  public func trainingEnded(_ history: History) throws {}
}

/// What is about to be trained.
public struct FitPlan: Sendable {
  public let epochs: Int
  public let stepsPerEpoch: Int
  public let batchSize: Int
}

/// How far an epoch is.
public struct ChunkProgress: Sendable {
  public let epoch: Int
  /// Steps of this epoch that are done.
  public let steps: Int
  public let stepsPerEpoch: Int
  /// Seconds since the epoch began.
  public let seconds: Double
  /// The epoch's running means so far, by name.
  public let metrics: [(name: String, value: Double)]
}
