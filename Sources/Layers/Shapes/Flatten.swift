/// `[batch, …]` to `[batch, elements]`, in row-major order.
public struct Flatten: Layer {
  public init() {}

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank >= 1 else {
      return .failed(Diagnostic(operation: label, message: "takes [batch, …]", inputs: [x.type]))
    }
    return x.reshape(to: [x.shape[0], x.shape.dropFirst().reduce(1, *)])
  }
}
