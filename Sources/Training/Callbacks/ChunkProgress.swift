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
