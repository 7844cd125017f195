import Configuration

/// Convolution of images `[batch, height, width, channels]` to `[batch, height', width', filters]`.
///
/// Kernel `[rows, columns, channels / groups, filters]`, bias `[filters]`. With `span = (size - 1)·dilation + 1`
/// an axis of `n` elements becomes, depending on the padding,
/// - `.valid`: `(n - span) / strides + 1`, rounded down (`padding="valid"` in Keras, `padding=0` in PyTorch);
/// - `.same`: `n / strides`, rounded up. If the padding is odd, the lower right edge gets one more, as in Keras;
///   PyTorch's `padding="same"` is the same with strides of 1;
/// - `.symmetric(p)`: `(n + 2p - span) / strides + 1`, rounded down (`padding=p` in PyTorch). With strides of 2, a
///   size of 3 and an even extent, `.symmetric(1)` gives as many elements as `.same`, but at other positions.
public struct Conv2D: ComposableLayer {
  public var takesImages: Bool { true }

  public static let declaration = Declaration(
    "conv2D", "convolution of images", standard: Conv2D(32, size: 3),
    settings: [
      Setting("filters", \.filters, .integer(in: 1...1_000_000), "filters, the channels of the result"),
      Setting("size", \.size, .extent(in: 1...10_000), "rows and columns of the kernel"),
      Setting("strides", \.strides, .extent(in: 1...10_000), "distance of neighboring windows"),
      Setting("padding", \.padding, .padding, "what is added around the image"),
      Setting("dilation", \.dilation, .extent(in: 1...10_000), "distance of neighboring elements of the kernel"),
      Setting("groups", \.groups, .integer(in: 1...1_000_000), "groups of channels that don't see each other"),
      Setting("bias", \.optionalBias, .bias, "the bias added to each channel"),
      Setting("activation", \.activation, .optional(.method, standing: ReLU()), "activation of the result"),
      Setting("kernel", \.kernel, .method, "initializer of the kernel"),
    ], unnamed: 2)

  public var filters: Int
  public var size: Extent2D
  public var strides: Extent2D
  public var padding: WindowPadding
  /// The distance between neighboring elements of the kernel.
  public var dilation: Extent2D
  /// The number of groups of a grouped convolution: each group of filters sees one group of channels.
  public var groups: Int
  public var hasBias: Bool
  public var activation: (any Activation)?
  public var kernel: any Initializer
  public var bias: any Initializer

  /// Creates a convolution; the defaults are those of Keras.
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

  private var optionalBias: (any Initializer)? {
    get { hasBias ? bias : nil }
    set { (hasBias, bias) = (newValue != nil, newValue ?? .zeros) }
  }

  /// Why the kernel would have no valid shape; the convolution itself reports anything else.
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

/// Rows and columns of a kernel, a window or strides; `3` is `Extent2D(3, 3)`.
public struct Extent2D: Sendable, Hashable, ExpressibleByIntegerLiteral, CustomStringConvertible {
  public var rows: Int
  public var columns: Int

  /// - Parameter columns: by default as many as rows.
  public init(_ rows: Int, _ columns: Int? = nil) { (self.rows, self.columns) = (rows, columns ?? rows) }
  public init(integerLiteral value: Int) { self.init(value) }

  public var description: String { "\(rows)x\(columns)" }

  var pair: (Int, Int) { (rows, columns) }
}
