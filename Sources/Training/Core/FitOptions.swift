/// How ``Trainer/fit(_:epochs:batchSize:validation:options:callbacks:)`` runs, beside the method.
public struct FitOptions: Sendable {
  public var order: any BatchOrder
  public var remainder: Remainder
  /// Whether epoch 0 is a true evaluation of the untrained model on training and validation data.
  public var evaluatesUntrained: Bool
  /// Programs an epoch is divided into, so that progress can be shown; 1 runs it in one call.
  public var chunksPerEpoch: Int
  /// Examples evaluated at once.
  public var evaluationBatch: Int

  public init(
    order: any BatchOrder = ShuffledOrder(), remainder: Remainder = .dropped, evaluatesUntrained: Bool = false,
    chunksPerEpoch: Int = 1, evaluationBatch: Int = 1000
  ) {
    self.order = order
    self.remainder = remainder
    self.evaluatesUntrained = evaluatesUntrained
    self.chunksPerEpoch = chunksPerEpoch
    self.evaluationBatch = evaluationBatch
  }
}
