/// How `Trainer.fit` runs, beside the method.
public struct FitOptions: Sendable {
  public var order: any BatchOrder
  public var remainder: Remainder
  /// Whether training of an untrained model begins with a record 0: a true evaluation on training and validation
  /// data.
  public var evaluatesUntrained: Bool
  /// Whether records have a `learning_rate`: that of the epoch's last update, where the optimizer has one.
  public var recordsLearningRate: Bool
  /// Programs an epoch is divided into, so that progress can be shown; 1 runs it in one call. What is computed is
  /// the same. More than steps are as many as steps.
  public var chunksPerEpoch: Int
  /// Examples evaluated at once.
  public var evaluationBatch: Int

  public init(
    order: any BatchOrder = ShuffledOrder(), remainder: Remainder = .dropped, evaluatesUntrained: Bool = false,
    recordsLearningRate: Bool = false, chunksPerEpoch: Int = 1, evaluationBatch: Int = 1000
  ) {
    self.order = order
    self.remainder = remainder
    self.evaluatesUntrained = evaluatesUntrained
    self.recordsLearningRate = recordsLearningRate
    self.chunksPerEpoch = chunksPerEpoch
    self.evaluationBatch = evaluationBatch
  }
}

/// What becomes of the examples that don't fill a batch at the end of an epoch.
public enum Remainder: String, Sendable, CaseIterable {
  /// They are left out of this epoch.
  case dropped
  /// They make a batch filled up with examples of weight 0.
  case masked
}

/// What is about to be trained.
public struct FitPlan: Sendable, Equatable {
  /// Epochs of this call.
  public let epochs: Int
  /// The number of the last epoch: more than ``epochs`` where training goes on.
  public let lastEpoch: Int
  public let stepsPerEpoch: Int
  public let batchSize: Int
  /// The names of what each epoch records, in order: `loss`, `accuracy`, `val_loss`, ….
  public let metrics: [String]

  /// - Parameter lastEpoch: `epochs` by default.
  public init(epochs: Int, lastEpoch: Int? = nil, stepsPerEpoch: Int, batchSize: Int, metrics: [String]) {
    self.epochs = epochs
    self.lastEpoch = lastEpoch ?? epochs
    self.stepsPerEpoch = stepsPerEpoch
    self.batchSize = batchSize
    self.metrics = metrics
  }
}
