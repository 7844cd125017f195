/// The mean of each window of images `[batch, height, width, channels]`.
public struct AveragePool2D: Layer {
  public var window: Extent2D
  public var strides: Extent2D
  public var padding: WindowPadding
  /// Whether padding counts as zeros: not in Keras; in PyTorch by default (`count_include_pad`).
  public var countsPadding: Bool

  /// - Parameter strides: the window by default.
  public init(
    _ window: Extent2D = 2, strides: Extent2D? = nil, padding: WindowPadding = .valid, countsPadding: Bool = false
  ) {
    self.window = window
    self.strides = strides ?? window
    self.padding = padding
    self.countsPadding = countsPadding
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    x.averagePool2D(window.pair, strides: strides.pair, padding: padding, countsPadding: countsPadding)
  }
}
