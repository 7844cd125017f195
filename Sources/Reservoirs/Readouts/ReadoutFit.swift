/// The result of fitting a readout.
public struct ReadoutFit: Sendable {
  /// The penalty that was used.
  public let lambda: Double
  /// The root of the mean squared error on the steps learned from, over the targets' standard deviation.
  public let nrmse: Double
  /// The outputs on those steps, as the new readout gives them: `[steps, outputs]` or `[sequences, …]`.
  public let outputs: Tensor
}
