/// How `fit` runs, apart from the method.
///
/// ```swift
/// var options = FitOptions(partialBatch: .pad, evaluatesBeforeTraining: true)
/// options.order = NumPyOrder(NumPyRandomState(seed: 1))
/// ```
public struct FitOptions: Sendable {
  /// The order in which each epoch visits the examples.
  public var order: any BatchOrder
  /// What happens to the examples that don't fill the last batch of an epoch.
  public var partialBatch: PartialBatch
  /// Whether an untrained model is evaluated first, on training and validation data, as record 0.
  public var evaluatesBeforeTraining: Bool
  /// Whether records include `learning_rate`, the rate of the epoch's last update, if the optimizer has one.
  public var recordsLearningRate: Bool
  /// Number of calls an epoch is divided into so that progress can be shown; 1 runs the epoch in a single call. The
  /// results are the same. At most one call per step is made.
  public var chunksPerEpoch: Int
  /// Batch size of evaluation.
  public var evaluationBatch: Int
  /// What steps compute again instead of keeping it for the backward pass. The results are the same to rounding.
  public var checkpointing: GradientCheckpointing

  public init(
    order: any BatchOrder = ShuffledOrder(), partialBatch: PartialBatch = .drop, evaluatesBeforeTraining: Bool = false,
    recordsLearningRate: Bool = false, chunksPerEpoch: Int = 1, evaluationBatch: Int = 1000,
    checkpointing: GradientCheckpointing = .none
  ) {
    self.order = order
    self.partialBatch = partialBatch
    self.evaluatesBeforeTraining = evaluatesBeforeTraining
    self.recordsLearningRate = recordsLearningRate
    self.chunksPerEpoch = chunksPerEpoch
    self.evaluationBatch = evaluationBatch
    self.checkpointing = checkpointing
  }
}

/// What happens to the last examples of an epoch if they don't fill a batch.
public enum PartialBatch: String, Sendable, CaseIterable {
  /// The epoch leaves them out.
  case drop
  /// The batch is padded with examples of weight 0.
  case pad
}

/// What a call of `fit` is about to do.
public struct FitPlan: Sendable, Equatable {
  /// Epochs of this call.
  public let epochs: Int
  /// The number of the last epoch: greater than ``epochs`` if training continues.
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

  /// Where schedules stand at a step, the number of updates done before it.
  func progress(at step: Tensor) -> Progress {
    Progress(step: step, stepsPerEpoch: stepsPerEpoch, epochs: lastEpoch, batchSize: batchSize)
  }
}
