import Configuration

/// Convolution of sequences `[batch, time, channels]` to `[batch, time', filters]`; kernel
/// `[size, channels / groups, filters]`. Paddings are those of ``Conv2D``.
public struct Conv1D: ComposableLayer {
  /// What is added to a sequence's ends.
  public enum Padding: Sendable, Hashable {
    case valid, same
    /// As many zeros as make each step depend on itself and the steps before only.
    case causal
    /// This many on both ends, as PyTorch's `padding`.
    case symmetric(Int)
  }

  public static let declaration = Declaration(
    "conv1D", "convolution of sequences", standard: Conv1D(32, size: 3),
    settings: [
      Setting("filters", \.filters, .integer(in: 1...1_000_000), "filters, the channels of the result"),
      Setting("size", \.size, .integer(in: 1...100_000), "steps of the kernel"),
      Setting("strides", \.strides, .integer(in: 1...100_000), "distance of neighboring windows"),
      Setting("padding", \.padding, .sequencePadding, "what is added to the sequence's ends"),
      Setting("dilation", \.dilation, .integer(in: 1...100_000), "distance of neighboring elements of the kernel"),
      Setting("groups", \.groups, .integer(in: 1...1_000_000), "groups of channels that don't see each other"),
      Setting("bias", \.hasBias, .flag, "whether a bias is added to each channel"),
      Setting("activation", \.activation, .optional(.method, standing: ReLU()), "activation of the result"),
      Setting("kernel", \.kernel, .method, "initializer of the kernel"),
    ], unnamed: 2)

  public var filters: Int
  public var size: Int
  public var strides: Int
  public var padding: Padding
  public var dilation: Int
  public var groups: Int
  public var hasBias: Bool
  public var activation: (any Activation)?
  public var kernel: any Initializer

  public init(
    _ filters: Int, size: Int, strides: Int = 1, padding: Padding = .valid, dilation: Int = 1, groups: Int = 1,
    hasBias: Bool = true, activation: (any Activation)? = nil, kernel: any Initializer = .glorotUniform
  ) {
    (self.filters, self.size, self.strides, self.padding) = (filters, size, strides, padding)
    (self.dilation, self.groups, self.hasBias) = (dilation, groups, hasBias)
    (self.activation, self.kernel) = (activation, kernel)
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank == 3, filters >= 1, (1...1 << 30).contains(size), (1...1 << 30).contains(dilation), groups >= 1,
      x.shape.last.isMultiple(of: groups), filters.isMultiple(of: groups)
    else {
      let message =
        "takes sequences [batch, time, channels] and has filters, a size and a dilation of 1 or more, and groups that "
        + "divide channels and filters"
      return .failed(Diagnostic(operation: label, message: message, inputs: [x.type]))
    }
    let weights = scope.parameter("kernel", [size, x.shape.last / groups, filters], kernel)
    let edges: WindowPadding =
      switch padding {
      case .valid: .valid
      case .same: .same
      case .causal: .edges([((size - 1) * dilation, 0)])
      case .symmetric(let count): .edges([(count, count)])
      }
    var y = x.convolution(weights, strides: [strides], padding: edges, dilation: [dilation], groups: groups)
    if hasBias { y += scope.parameter("bias", [filters], .zeros) }
    return activation?(y) ?? y
  }
}

extension SettingFormat where Value == Conv1D.Padding {
  fileprivate static var sequencePadding: SettingFormat {
    SettingFormat(
      "valid, same, causal, or a whole number",
      read: { (options, key, fallback) throws(ConfigurationError) in
        let words: [OptionValue: Conv1D.Padding] = [
          .text("valid"): .valid, .text("same"): .same, .text("causal"): .causal,
        ]
        if let word = try options.peek(key), let padding = words[word] {
          _ = options.take(key)
          return padding
        }
        guard options.has(key) else {
          _ = options.take(key)
          return fallback
        }
        return .symmetric(try options.integer(key, default: 0, in: 0...100_000))
      },
      write: { (padding) throws(ConfigurationError) in
        switch padding {
        case .valid: .text("valid")
        case .same: .text("same")
        case .causal: .text("causal")
        case .symmetric(let count): .number(Double(count))
        }
      })
  }
}

/// Convolution of each channel of images by itself: `[batch, height, width, channels]` to
/// `[batch, height', width', multiplier·channels]`; kernel `[rows, columns, 1, multiplier·channels]`.
public struct DepthwiseConv2D: ComposableLayer {
  public var takesImages: Bool { true }

  public static let declaration = Declaration(
    "depthwiseConv2D", "convolution of each channel of images by itself", standard: DepthwiseConv2D(size: 3),
    reference: Reference(
      "Howard et al.", 2017, "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications",
      "https://arxiv.org/abs/1704.04861"),
    settings: [
      Setting("size", \.size, .extent(in: 1...10_000), "rows and columns of the kernel"),
      Setting("multiplier", \.multiplier, .integer(in: 1...10_000), "filters per channel"),
      Setting("strides", \.strides, .extent(in: 1...10_000), "distance of neighboring windows"),
      Setting("padding", \.padding, .padding, "what is added around the image"),
      Setting("dilation", \.dilation, .extent(in: 1...10_000), "distance of neighboring elements of the kernel"),
      Setting("bias", \.hasBias, .flag, "whether a bias is added to each channel"),
      Setting("activation", \.activation, .optional(.method, standing: ReLU()), "activation of the result"),
      Setting("kernel", \.kernel, .method, "initializer of the kernel"),
    ])

  public var size: Extent2D
  /// Filters per channel.
  public var multiplier: Int
  public var strides: Extent2D
  public var padding: WindowPadding
  public var dilation: Extent2D
  public var hasBias: Bool
  public var activation: (any Activation)?
  public var kernel: any Initializer

  public init(
    size: Extent2D, multiplier: Int = 1, strides: Extent2D = 1, padding: WindowPadding = .valid, dilation: Extent2D = 1,
    hasBias: Bool = true, activation: (any Activation)? = nil, kernel: any Initializer = .glorotUniform
  ) {
    (self.size, self.multiplier, self.strides, self.padding) = (size, multiplier, strides, padding)
    (self.dilation, self.hasBias, self.activation, self.kernel) = (dilation, hasBias, activation, kernel)
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard x.rank == 4, x.shape.last > 0, (1...1 << 20).contains(multiplier) else {
      let message =
        "takes images [batch, height, width, channels] and has a multiplier of 1 or more, not \(multiplier)"
      return .failed(Diagnostic(operation: label, message: message, inputs: [x.type]))
    }
    let convolution = Conv2D(
      multiplier * x.shape.last, size: size, strides: strides, padding: padding, dilation: dilation,
      groups: x.shape.last, hasBias: hasBias, activation: activation, kernel: kernel)
    return convolution.forward(x, in: scope)
  }
}

/// The transpose of a convolution of images, which enlarges them by its strides: `[batch, height, width, channels]` to
/// `[batch, height', width', filters]`; kernel `[rows, columns, channels, filters / groups]`, bias `[filters]`.
///
/// An axis of `n` elements becomes, depending on the padding,
/// - `.valid`: `(n - 1)·strides + size` (`padding=0` in PyTorch);
/// - `.same`: `n·strides`, as in Keras;
/// - `.symmetric(p)`: `(n - 1)·strides + size - 2p` (`padding=p` in PyTorch).
public struct ConvTranspose2D: ComposableLayer {
  public var takesImages: Bool { true }

  public static let declaration = Declaration(
    "convTranspose2D", "transposed convolution, which enlarges images",
    standard: ConvTranspose2D(32, size: 2, strides: 2),
    reference: Reference(
      "Zeiler et al.", 2010, "Deconvolutional Networks", "https://doi.org/10.1109/CVPR.2010.5539957"),
    settings: [
      Setting("filters", \.filters, .integer(in: 1...1_000_000), "filters, the channels of the result"),
      Setting("size", \.size, .extent(in: 1...10_000), "rows and columns of the kernel"),
      Setting("strides", \.strides, .extent(in: 1...10_000), "how much larger images become"),
      Setting("padding", \.padding, .padding, "what the convolution that it transposes adds around its images"),
      Setting("groups", \.groups, .integer(in: 1...1_000_000), "groups of channels that don't see each other"),
      Setting("bias", \.hasBias, .flag, "whether a bias is added to each channel"),
      Setting("activation", \.activation, .optional(.method, standing: ReLU()), "activation of the result"),
      Setting("kernel", \.kernel, .method, "initializer of the kernel"),
    ], unnamed: 2)

  public var filters: Int
  public var size: Extent2D
  public var strides: Extent2D
  public var padding: WindowPadding
  public var groups: Int
  public var hasBias: Bool
  public var activation: (any Activation)?
  public var kernel: any Initializer

  public init(
    _ filters: Int, size: Extent2D, strides: Extent2D = 1, padding: WindowPadding = .valid, groups: Int = 1,
    hasBias: Bool = true, activation: (any Activation)? = nil, kernel: any Initializer = .glorotUniform
  ) {
    (self.filters, self.size, self.strides, self.padding) = (filters, size, strides, padding)
    (self.groups, self.hasBias, self.activation, self.kernel) = (groups, hasBias, activation, kernel)
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    let numbers = [filters, size.rows, size.columns, strides.rows, strides.columns]
    guard x.rank == 4, numbers.allSatisfy({ (1...1 << 24).contains($0) }), groups >= 1,
      x.shape.last.isMultiple(of: groups), filters.isMultiple(of: groups)
    else {
      let message =
        "takes images [batch, height, width, channels] and has filters, a size and strides of 1 or more, not \(filters), "
        + "\(size) and \(strides), and groups that divide channels and filters, not \(groups)"
      return .failed(Diagnostic(operation: label, message: message, inputs: [x.type]))
    }
    let weights = scope.parameter("kernel", [size.rows, size.columns, x.shape.last, filters / groups], kernel)
    var y = x.transposedConv2D(weights, strides: strides.pair, padding: padding, groups: groups)
    if hasBias { y += scope.parameter("bias", [filters], .zeros) }
    return activation?(y) ?? y
  }
}
