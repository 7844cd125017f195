/// Convolution of images `[batch, height, width, channels]` to `[batch, height', width', filters]`.
///
/// Kernel `[rows, columns, channels / groups, filters]`, bias `[filters]`. With `span = (size - 1)·dilation + 1`
/// an axis of `n` elements becomes, by padding,
/// - `.valid`: `(n - span) / strides + 1`, rounded down (`padding="valid"` in Keras, `padding=0` in PyTorch);
/// - `.same`: `n / strides`, rounded up. Where the padding is odd, the lower right edge gets one more, as in Keras;
///   PyTorch's `padding="same"` is this with strides of 1;
/// - `.symmetric(p)`: `(n + 2p - span) / strides + 1`, rounded down (`padding=p` in PyTorch). With strides of 2, a
///   size of 3 and an even extent, `.symmetric(1)` gives as many elements as `.same`, but others.
public struct Conv2D: Layer {
  public var filters: Int
  public var size: Extent2D
  public var strides: Extent2D
  public var padding: WindowPadding
  /// The distance of neighbouring elements of the kernel.
  public var dilation: Extent2D
  /// Parts that channels and filters are split into, each part of the filters seeing one part of the channels.
  public var groups: Int
  public var hasBias: Bool
  public var activation: (any Activation)?
  public var kernel: any Initializer
  public var bias: any Initializer

  /// The defaults are Keras'.
  public init(
    _ filters: Int, size: Extent2D, strides: Extent2D = 1, padding: WindowPadding = .valid, dilation: Extent2D = 1,
    groups: Int = 1, hasBias: Bool = true, activation: (any Activation)? = nil,
    kernel: any Initializer = .glorotUniform, bias: any Initializer = .zeros
  ) {
    self.filters = filters
    self.size = size
    self.strides = strides
    self.padding = padding
    self.dilation = dilation
    self.groups = groups
    self.hasBias = hasBias
    self.activation = activation
    self.kernel = kernel
    self.bias = bias
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    if let problem = problem(with: x) {
      return .failed(Diagnostic(operation: label, message: problem, inputs: [x.type]))
    }
    let weights = scope.parameter("kernel", [size.rows, size.columns, x.shape.last / groups, filters], kernel)
    var y = x.conv2D(
      weights, strides: strides.pair, padding: padding, dilation: dilation.pair, groups: groups)
    if hasBias { y += scope.parameter("bias", [filters], bias) }
    return activation?(y) ?? y
  }

  /// What keeps the kernel from having a shape; the rest is for the convolution to report.
  private func problem(with x: Tensor) -> String? {
    guard x.rank == 4 else { return "takes images [batch, height, width, channels]: reshape first" }
    let channels = x.shape.last
    let extents: Shape = [size.rows, size.columns, channels, filters]
    guard filters >= 1, size.rows >= 1, size.columns >= 1, extents.elementCount <= 1 << 40 else {
      return "needs filters and a size of 1 or more that fit into memory, not \(filters) of \(size)"
    }
    guard groups >= 1, channels.isMultiple(of: groups), filters.isMultiple(of: groups) else {
      return "\(groups) groups don't divide \(channels) channels and \(filters) filters evenly"
    }
    return nil
  }
}
