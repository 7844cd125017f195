/// In which order an epoch goes through the examples.
public protocol BatchOrder: Sendable {
  /// The examples' indices for epoch `epoch` (from 0), `int32 [count]`.
  /// - Throws: whatever keeps the order from being made.
  func indices(count: Int, epoch: Int, key: Key) throws -> Tensor
}
