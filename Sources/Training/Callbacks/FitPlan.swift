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
