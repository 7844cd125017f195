/// The order the data set has, each epoch.
public struct SequentialOrder: BatchOrder {
  public init() {}

  public func indices(count: Int, epoch: Int, key: Key) throws -> Tensor {
    try Tensor.iota([count]).evaluate()
  }
}
