import OrderedCollections

/// What training showed, epoch by epoch.
public struct History: Sendable, Equatable {
  public var epochs: [EpochRecord]
  /// Why training ended before its time, if it did.
  public var stopReason: String?

  public init(epochs: [EpochRecord] = [], stopReason: String? = nil) {
    self.epochs = epochs
    self.stopReason = stopReason
  }

  /// The values of one metric, an entry an epoch that has it.
  public func values(_ name: String) -> [(epoch: Int, value: Double)] {
    epochs.compactMap { record in record[name].map { (record.epoch, $0) } }
  }

  /// Seconds of training and evaluation in all.
  public var seconds: Double { epochs.reduce(0) { $0 + $1.trainingSeconds + $1.evaluationSeconds } }

  /// The first epoch with `name` at `target` or above; nil if there is none.
  public func firstEpoch(_ name: String, atLeast target: Double) -> Int? {
    values(name).first { $0.value >= target }?.epoch
  }
}

/// What one epoch showed.
public struct EpochRecord: Sendable, Equatable {
  /// From 1; 0 is the untrained model.
  public let epoch: Int
  /// Updates done in all.
  public let step: Int
  /// By name, in the order of the method: `loss`, `accuracy`, `val_loss`, …. Training values are collected
  /// during the epoch, before each update; those of validation are taken after it.
  public let metrics: OrderedDictionary<String, Double>
  /// Seconds of training, and of evaluation.
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

  /// A metric by name, nil where it was not recorded.
  public subscript(name: String) -> Double? { metrics[name] }
}
