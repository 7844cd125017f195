/// How far training is: what schedules depend on.
public struct Progress: Sendable {
  /// Updates done before this one: an `int32` scalar, known only when the program runs.
  public let step: Tensor
  public let stepsPerEpoch: Int
  /// Epochs planned in all.
  public let epochs: Int
  /// Updates planned in all.
  public let totalSteps: Int
  /// Examples in a mini-batch, if known: for rates that grow with it.
  public let batchSize: Int?

  public init(step: Tensor, stepsPerEpoch: Int, epochs: Int, batchSize: Int? = nil) {
    let stepsPerEpoch = Swift.max(1, stepsPerEpoch)
    let (total, overflow) = stepsPerEpoch.multipliedReportingOverflow(by: Swift.max(0, epochs))
    self.init(
      step: step, stepsPerEpoch: stepsPerEpoch, epochs: epochs, totalSteps: overflow ? Int.max : total,
      batchSize: batchSize)
  }

  private init(step: Tensor, stepsPerEpoch: Int, epochs: Int, totalSteps: Int, batchSize: Int?) {
    self.step = step
    self.stepsPerEpoch = stepsPerEpoch
    self.epochs = epochs
    self.totalSteps = totalSteps
    self.batchSize = batchSize
  }

  /// Epochs finished, an `int32` scalar.
  public var epoch: Tensor { step / Double(stepsPerEpoch) }

  /// The number of this update, counted from 1: a scalar of the given type.
  public func updateNumber(dtype: DType) -> Tensor { step.cast(to: dtype) + 1 }

  /// Progress by a clock that starts `steps` later and stands at 0 until then.
  func delayed(by steps: Int) -> Progress {
    Progress(
      step: (step - Double(steps)).maximum(0), stepsPerEpoch: stepsPerEpoch, epochs: epochs,
      totalSteps: Swift.max(0, totalSteps - steps), batchSize: batchSize)
  }
}
