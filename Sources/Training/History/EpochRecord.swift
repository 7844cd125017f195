import OrderedCollections

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
