/// The greatest element of each window of images `[batch, height, width, channels]`.
///
/// `.valid` and `.same` are Keras' paddings, `.symmetric(p)` is PyTorch's `padding=p`; what is padded is never the
/// greatest.
public struct MaxPool2D: Layer {
  public var window: Extent2D
  public var strides: Extent2D
  public var padding: WindowPadding

  /// - Parameter strides: the window by default.
  public init(_ window: Extent2D = 2, strides: Extent2D? = nil, padding: WindowPadding = .valid) {
    self.window = window
    self.strides = strides ?? window
    self.padding = padding
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    x.maxPool2D(window.pair, strides: strides.pair, padding: padding)
  }
}
