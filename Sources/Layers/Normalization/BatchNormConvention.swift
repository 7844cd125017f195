/// What frameworks do differently under the name of batch normalization.
public struct BatchNormConvention: Sendable, Hashable {
  /// The part of the running statistics that a step keeps: Keras' momentum, 1 minus PyTorch's.
  public var kept: Double
  /// Added to the variance.
  public var epsilon: Double
  /// Whether the running variance takes in the unbiased estimate, `n/(n - 1)` times the variance that the batch is
  /// normalized by.
  public var isUnbiased: Bool

  public init(kept: Double, epsilon: Double, isUnbiased: Bool = false) {
    (self.kept, self.epsilon, self.isUnbiased) = (kept, epsilon, isUnbiased)
  }

  /// Momentum 0.99, epsilon 0.001.
  public static let keras = BatchNormConvention(kept: 0.99, epsilon: 1e-3)
  /// Momentum 0.1, epsilon 0.00001, unbiased running variance.
  public static let pyTorch = BatchNormConvention(kept: 0.9, epsilon: 1e-5, isUnbiased: true)
  /// Momentum 0.9 of Keras' kind and epsilon 0.00001: Flax in the wide residual networks of SAM's authors.
  public static let samAuthors = BatchNormConvention(kept: 0.9, epsilon: 1e-5)
}
