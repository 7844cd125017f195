import Configuration

/// What training makes small: a number for each mini-batch.
public protocol Loss: Catalogued {
  /// - Parameters:
  ///   - outputs: the model's output for a batch.
  ///   - targets: as the data set has them: class indices `[batch]`, or values of the outputs' shape.
  /// - Returns: the mean over the batch, and how it is reported.
  func callAsFunction(_ outputs: Tensor, _ targets: Tensor) -> LossValue
}
