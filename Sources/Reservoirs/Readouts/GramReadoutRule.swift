/// A rule that needs of the states only their products, which can be summed over stretches of a long series; see
/// ``EchoStateNetwork/accumulate(inputs:teacher:washout:into:)``.
public protocol GramReadoutRule: ReadoutRule {
  /// - Parameters:
  ///   - gram: `[units + 1, units + 1]`, the products of the states, with ones appended, with each other.
  ///   - moments: `[units + 1, outputs]`, those with the targets.
  /// - Throws: ``ReservoirError/singular(penalty:dtype:)`` where there is no unique solution.
  func weights(gram: Tensor, moments: Tensor) throws -> ReadoutWeights
}

extension GramReadoutRule {
  public func weights(_ states: Tensor, _ targets: Tensor) throws -> ReadoutWeights {
    try states.checkRegression(on: targets)
    let (gram, moments) = states.products(with: targets)
    return try weights(gram: gram, moments: moments)
  }
}
