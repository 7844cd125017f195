/// Watches training and may stop it.
///
/// Conform a class to it and implement only the hooks you need. Each hook gets the trainer.
///
/// ```swift
/// final class StopWhenAccurate: Callback {
///   func epochEnded(_ record: EpochRecord, in trainer: Trainer) throws -> CallbackAction {
///     guard let accuracy = record["val_accuracy"], accuracy >= 0.97 else { return .continue }
///     return .stop(reason: "97 % after \(trainer.step) updates")
///   }
/// }
/// ```
/// A small callback can be a closure in the list:
///
/// ```swift
/// let callbacks: [any Callback] = [
///   .onEpochEnd { record in print(record.epoch, record["val_accuracy"] ?? .nan) },
///   .stopping { record in record.epoch == 10 ? .stop(reason: "ten epochs are enough") : .continue },
/// ]
/// print(callbacks.count)  // 2
/// ```
/// An error thrown by a hook ends `fit`, which throws it.
public protocol Callback: AnyObject {
  /// Called before training begins, after each epoch of the auxiliary models that a method needs first.
  func preparing(_ preparation: Preparation, in trainer: Trainer) throws
  /// Called before the first epoch of a `fit`.
  func trainingBegan(_ plan: FitPlan, in trainer: Trainer) throws
  /// Called when some steps of an epoch are done, if the epoch runs in chunks.
  func chunkEnded(_ progress: ChunkProgress, in trainer: Trainer) throws
  /// Called after each epoch.
  func epochEnded(_ record: EpochRecord, in trainer: Trainer) throws -> CallbackAction
  /// Called when all epochs are done or a callback has stopped training, but not after an error.
  func trainingEnded(_ history: History, in trainer: Trainer) throws
}

extension Callback {
  public func preparing(_ preparation: Preparation, in trainer: Trainer) throws {}
  public func trainingBegan(_ plan: FitPlan, in trainer: Trainer) throws {}
  public func chunkEnded(_ progress: ChunkProgress, in trainer: Trainer) throws {}
  public func epochEnded(_ record: EpochRecord, in trainer: Trainer) throws -> CallbackAction { .continue }
  public func trainingEnded(_ history: History, in trainer: Trainer) throws {}
}

/// What a callback asks for after an epoch.
public enum CallbackAction: Sendable, Hashable {
  case `continue`
  /// Training stops after this epoch. The first callback's reason becomes the history's ``History/stopReason``.
  case stop(reason: String)
}

/// How far the auxiliary models are that a method trains before the model.
public struct Preparation: Sendable, Hashable {
  /// What they are for: `flood levels`.
  public let purpose: String
  public let models: Int
  /// Epochs done so far, of all models.
  public let completed: Int
  /// Epochs of all models.
  public let total: Int
  /// The loss of the present model's last epoch, if it has one.
  public let loss: Double?
}

/// How far an epoch is.
public struct ChunkProgress: Sendable {
  /// From 1.
  public let epoch: Int
  /// Steps of this epoch done so far.
  public let steps: Int
  public let stepsPerEpoch: Int
  /// Seconds since the epoch began.
  public let seconds: Double
  /// The epoch's means so far, by name.
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

/// A callback whose decisions depend on earlier epochs. Checkpoints save its memory, and `fit` hands it back after
/// `Trainer.restore`, once training has begun.
///
/// A ``CheckpointCallback`` saves what the callbacks before it in the list have made of the epoch.
public protocol RememberingCallback: Callback {
  /// The key under which its memory is saved. Several callbacks of one name are distinguished by their order.
  var memoryName: String { get }
  /// What must be known to continue as if there had been no break.
  func memory() throws -> CallbackMemory
  /// Called after ``Callback/trainingBegan(_:in:)``.
  func recall(_ memory: CallbackMemory, in trainer: Trainer) throws
}

/// A callback made of a closure; see ``Callback``.
public final class ClosureCallback: Callback {
  private let began: (FitPlan) throws -> Void
  private let chunk: (ChunkProgress) throws -> Void
  private let epoch: (EpochRecord) throws -> CallbackAction
  private let ended: (History) throws -> Void

  fileprivate init(
    began: @escaping (FitPlan) throws -> Void = { _ in }, chunk: @escaping (ChunkProgress) throws -> Void = { _ in },
    epoch: @escaping (EpochRecord) throws -> CallbackAction = { _ in .continue },
    ended: @escaping (History) throws -> Void = { _ in }
  ) {
    (self.began, self.chunk, self.epoch, self.ended) = (began, chunk, epoch, ended)
  }

  public func trainingBegan(_ plan: FitPlan, in trainer: Trainer) throws { try began(plan) }
  public func chunkEnded(_ progress: ChunkProgress, in trainer: Trainer) throws { try chunk(progress) }
  public func epochEnded(_ record: EpochRecord, in trainer: Trainer) throws -> CallbackAction { try epoch(record) }
  public func trainingEnded(_ history: History, in trainer: Trainer) throws { try ended(history) }
}

extension Callback where Self == ClosureCallback {
  /// Calls a closure before the first epoch.
  public static func onTrainingBegin(_ body: @escaping (FitPlan) throws -> Void) -> ClosureCallback {
    ClosureCallback(began: body)
  }

  /// Calls a closure after each part of an epoch; see ``FitOptions/chunksPerEpoch``.
  public static func onChunkEnd(_ body: @escaping (ChunkProgress) throws -> Void) -> ClosureCallback {
    ClosureCallback(chunk: body)
  }

  /// Calls a closure after each epoch.
  public static func onEpochEnd(_ body: @escaping (EpochRecord) throws -> Void) -> ClosureCallback {
    ClosureCallback(epoch: {
      try body($0)
      return .continue
    })
  }

  /// Asks a closure after each epoch whether to stop.
  public static func stopping(_ body: @escaping (EpochRecord) throws -> CallbackAction) -> ClosureCallback {
    ClosureCallback(epoch: body)
  }

  /// Calls a closure when training has ended.
  public static func onTrainingEnd(_ body: @escaping (History) throws -> Void) -> ClosureCallback {
    ClosureCallback(ended: body)
  }
}
