/// The mean of each channel of images: `[batch, height, width, channels]` to `[batch, channels]`.
public struct GlobalAveragePool2D: Layer {
  public init() {}

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank == 4, x.shape[1] > 0, x.shape[2] > 0, x.dtype.isFloatingPoint else {
      let message = "takes images [batch, height, width, channels] with a pixel or more"
      return .failed(Diagnostic(operation: label, message: message, inputs: [x.type]))
    }
    return x.widened.mean([1, 2]).cast(to: x.dtype)
  }
}
