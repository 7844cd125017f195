/// Another random order each epoch, drawn on the device by the training key.
public struct ShuffledOrder: BatchOrder {
  public init() {}

  public func indices(count: Int, epoch: Int, key: Key) throws -> Tensor {
    let epoch = try Tensor([Int64(epoch)], shape: []).hidden()
    return try key.derived("order").folding(epoch).permutation(count).evaluate()
  }
}
