/// All axes but the batch's in one: `[batch, …]` to `[batch, inputs]`.
public struct Flatten: Layer {
  public init() {}

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    x.reshape(to: [x.shape[0], x.shape.dropFirst().reduce(1, *)])
  }
}
