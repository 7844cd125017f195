/// What a regression gave.
public struct ReadoutWeights: Sendable {
  /// `[units + 1, outputs]`, biases last.
  public let tensor: Tensor
  /// The penalty that was used.
  public let lambda: Double
}
