import OrderedCollections

/// The records of a training, epoch by epoch.
///
/// ```swift
/// let data = try SyntheticDigits.generate(trainCount: 200, testCount: 100)
/// let trainer = try Trainer(
///   model: Sequential { Flatten(); Dense(10) },
///   method: Method(loss: SoftmaxCrossEntropy(), optimizer: Adam()) {
///     $0.preprocessing = Rescaling(dividingBy: 255)
///   },
///   inputs: data.train.inputs)
/// let history = try trainer.fit(data.train, epochs: 5, batchSize: 50, validation: data.test)
/// for (epoch, accuracy) in history.values("val_accuracy") { print(epoch, accuracy) }
/// print(history.firstEpoch("val_accuracy", atLeast: 0.9) ?? "never")
/// ```
public struct History: Sendable, Equatable {
  public var epochs: [EpochRecord]
  /// Why training stopped early, if it did.
  public var stopReason: String?

  public init(epochs: [EpochRecord] = [], stopReason: String? = nil) {
    self.epochs = epochs
    self.stopReason = stopReason
  }

  /// The values of one metric, one entry per epoch that recorded it.
  public func values(_ name: String) -> [(epoch: Int, value: Double)] {
    epochs.compactMap { record in record[name].map { (record.epoch, $0) } }
  }

  /// Total seconds of training and evaluation.
  public var seconds: Double { epochs.reduce(0) { $0 + $1.trainingSeconds + $1.evaluationSeconds } }

  /// The first epoch with `name` at `target` or above, nil if there is none.
  public func firstEpoch(_ name: String, atLeast target: Double) -> Int? {
    values(name).first { $0.value >= target }?.epoch
  }
}

/// What one epoch recorded.
public struct EpochRecord: Sendable, Equatable {
  /// From 1; 0 is the evaluation before training.
  public let epoch: Int
  /// Number of updates done so far.
  public let step: Int
  /// By name, in the order of the method: `loss`, `accuracy`, `val_loss`, …. Training values are collected during the
  /// epoch, before each update; validation values are computed after it.
  public let metrics: OrderedDictionary<String, Double>
  /// Seconds.
  public let trainingSeconds: Double
  public let evaluationSeconds: Double

  public init(
    epoch: Int, step: Int, metrics: OrderedDictionary<String, Double>, trainingSeconds: Double = 0,
    evaluationSeconds: Double = 0
  ) {
    self.epoch = epoch
    self.step = step
    self.metrics = metrics
    self.trainingSeconds = trainingSeconds
    self.evaluationSeconds = evaluationSeconds
  }

  /// A metric by name, nil if it was not recorded.
  public subscript(name: String) -> Double? { metrics[name] }
}
