/// How far training is: what schedules depend on.
public struct Progress: Sendable {
  /// Updates done before this one: an `int32` scalar, known only when the program runs.
  public let step: Tensor
  public let stepsPerEpoch: Int
  /// Epochs planned in all.
  public let epochs: Int

  public init(step: Tensor, stepsPerEpoch: Int, epochs: Int) {
    self.step = step
    self.stepsPerEpoch = Swift.max(1, stepsPerEpoch)
    self.epochs = epochs
  }

  /// Epochs finished, an `int32` scalar.
  public var epoch: Tensor { step / Double(stepsPerEpoch) }
  /// Updates planned in all.
  public var totalSteps: Int { stepsPerEpoch * epochs }
}
