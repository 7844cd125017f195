/// The result of fitting a readout.
public struct ReadoutFit: Sendable {
  /// The penalty that was used.
  public let lambda: Double
  /// The root of the mean squared error on the steps learned from, over the targets' standard deviation.
  public let nrmse: Double
  /// The outputs on those steps, as the new readout gives them: `[steps, outputs]` or `[sequences, …]`.
  public let outputs: Tensor
}

/// What a regression needs of the states of a long series, summed stretch by stretch.
public struct ReadoutSums: Sendable {
  /// The steps that were learned from, over all sequences.
  public internal(set) var steps = 0
  /// The products of the states, ones appended, with each other: `[units + 1, units + 1]`.
  public internal(set) var gram: Tensor?
  /// The products of the states with the targets, `[units + 1, outputs]`.
  public internal(set) var crossProduct: Tensor?
  /// The targets' sums and sums of squares, `[2, outputs]`.
  var targets: Tensor?

  public init() {}
}
