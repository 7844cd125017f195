/// Another random order each epoch, drawn on the device by the training key.
public struct ShuffledOrder: BatchOrder {
  public init() {}

  public func indices(count: Int, epoch: Int, key: Key) throws -> Tensor {
    let epoch = try Tensor([Int64(epoch)], shape: []).hidden()
    return try key.derived("order").folding(epoch).permutation(count).evaluate()
  }
}

extension Tensor {
  /// On the device, so that programs for different values share their text and are compiled once.
  func hidden() throws -> Tensor { Tensor(try buffer()) }
}
