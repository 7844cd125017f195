/// How training goes through its data. Whoever goes on after a break has to do it in the same way.
public struct DataPlan: Sendable, Equatable {
  /// In all, those done before included; schedules may depend on it.
  public var epochs: Int
  public var stepsPerEpoch: Int
  public var batchSize: Int
  /// The type of the order: `ShuffledOrder`.
  public var order: String

  public init(epochs: Int, stepsPerEpoch: Int, batchSize: Int, order: String) {
    (self.epochs, self.stepsPerEpoch, self.batchSize, self.order) = (epochs, stepsPerEpoch, batchSize, order)
  }
}
