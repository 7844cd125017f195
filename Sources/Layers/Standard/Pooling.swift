/// The greatest element of each window of images `[batch, height, width, channels]`.
///
/// `.valid` and `.same` are Keras' paddings, `.symmetric(p)` is PyTorch's `padding=p`; padding is never the greatest.
public struct MaxPool2D: Layer {
  public var window: Extent2D
  public var strides: Extent2D
  public var padding: WindowPadding

  /// - Parameter strides: by default the window.
  public init(_ window: Extent2D = 2, strides: Extent2D? = nil, padding: WindowPadding = .valid) {
    self.window = window
    self.strides = strides ?? window
    self.padding = padding
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    x.maxPool2D(window.pair, strides: strides.pair, padding: padding)
  }
}

/// The mean of each window of images `[batch, height, width, channels]`.
public struct AveragePool2D: Layer {
  public var window: Extent2D
  public var strides: Extent2D
  public var padding: WindowPadding
  /// Whether padding is averaged as zeros: no in Keras; yes by default in PyTorch (`count_include_pad`).
  public var countsPadding: Bool

  /// - Parameter strides: by default the window.
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

/// The mean of each channel: images `[batch, height, width, channels]` to `[batch, channels]`.
public struct GlobalAveragePool2D: Layer {
  public init() {}

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank == 4, x.shape[1] > 0, x.shape[2] > 0, x.dtype.isFloatingPoint else {
      let message = "takes images [batch, height, width, channels] with at least one pixel"
      return .failed(Diagnostic(operation: label, message: message, inputs: [x.type]))
    }
    return x.upcast.mean([1, 2]).cast(to: x.dtype)
  }
}
