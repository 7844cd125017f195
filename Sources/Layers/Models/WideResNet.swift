import Configuration

/// A wide residual network for small images (Zagoruyko and Komodakis 2016, https://arxiv.org/abs/1605.07146): a 3x3
/// convolution with 16 filters, three groups of residual blocks with 16, 32 and 64 times `width` filters, of which the
/// last two halve the image's extents, global average pooling and a dense output.
///
/// The paths are `conv`, `group1_block1/…` and so on, `norm` and `dense`.
public struct WideResNet: Layer {
  /// The shortcut of a block whose input and output have different shapes, and what goes with it.
  public enum Shortcut: String, Sendable, Hashable, CaseIterable {
    /// Average pooling and zero-padded channels, as in the code of SAM's authors
    /// (https://github.com/google-research/sam): dense kernel uniform within ±1/sqrt(outputs), biased running variance.
    /// The first block's shortcut starts after the activation.
    case poolAndPad
    /// A 1x1 convolution of the activated input, as in the paper: dense kernel uniform within ±1/sqrt(inputs),
    /// PyTorch's batch normalization.
    case projection
  }

  /// The number of layers with parameters on the longest path, 6n + 4.
  public var depth: Int
  /// The widening factor k of the filters.
  public var width: Int
  public var outputs: Int
  public var shortcut: Shortcut
  /// The dropout rate between a block's convolutions.
  public var dropout: Double

  public init(depth: Int, width: Int, outputs: Int, shortcut: Shortcut = .projection, dropout: Double = 0) {
    self.depth = depth
    self.width = width
    self.outputs = outputs
    self.shortcut = shortcut
    self.dropout = dropout
  }

  /// Whether a network can have this depth.
  fileprivate static func isDepth(_ depth: Int) -> Bool {
    depth >= 10 && depth <= 10_000 && (depth - 4).isMultiple(of: 6)
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard Self.isDepth(depth), (1...1 << 20).contains(width) else {
      let message = "needs a depth of 6n + 4, from 10, and a width of 1 or more, not \(depth) and \(width)"
      return .failed(Diagnostic(operation: label, message: message, inputs: [x.type]))
    }
    let (blocks, convention) = ((depth - 4) / 6, shortcut.normalization)
    var y = WideResNetBlock.convolution(16, size: 3)(x.rank == 3 ? x.expand(at: 3) : x, in: scope["conv"])
    for group in 0..<3 {
      for block in 0..<blocks {
        let layer = WideResNetBlock(
          filters: (16 << group) * width, stride: group > 0 && block == 0 ? 2 : 1, shortcut: shortcut,
          isFirst: group == 0 && block == 0, dropout: dropout)
        y = layer(y, in: scope["group\(group + 1)_block\(block + 1)"])
      }
    }
    y = BatchNorm(convention, activation: ReLU())(y, in: scope["norm"])
    y = GlobalAveragePool2D()(y, in: scope["pool"])
    let kernel: any Initializer =
      switch shortcut {
      case .poolAndPad: .uniform(limit: 1 / Double(Swift.max(1, outputs)).squareRoot())
      case .projection: VarianceScaling(scale: 1 / 3, mode: .fanIn, distribution: .uniform)
      }
    return Dense(outputs, kernel: kernel)(y, in: scope["dense"])
  }
}

extension WideResNet.Shortcut {
  fileprivate var normalization: BatchNormConvention {
    switch self {
    case .poolAndPad: .samAuthors
    case .projection: .pyTorch
    }
  }
}

/// A residual block: batch normalization, ReLU and a 3x3 convolution, twice, added to the input.
private struct WideResNetBlock: Block {
  let filters: Int
  let stride: Int
  let shortcut: WideResNet.Shortcut
  /// Whether it is the network's first block.
  let isFirst: Bool
  let dropout: Double

  func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    func activated(_ x: Tensor, _ name: String) -> Tensor {
      BatchNorm(shortcut.normalization, activation: ReLU())(x, in: scope[name])
    }
    let active = activated(x, "norm1")
    var y = Self.convolution(filters, size: 3, stride: stride, shortcut)(active, in: scope["conv1"])
    y = Dropout(dropout)(activated(y, "norm2"), in: scope["dropout"])
    y = Self.convolution(filters, size: 3)(y, in: scope["conv2"])
    let isSame = x.shape.last == filters && stride == 1
    switch shortcut {
    case .projection:
      return y + (isSame ? x : Self.convolution(filters, size: 1, stride: stride)(active, in: scope["shortcut"]))
    case .poolAndPad:
      let input = isFirst ? active : x
      return y + (isSame ? input : pooledAndPadded(input, in: scope))
    }
  }

  private func pooledAndPadded(_ x: Tensor, in scope: Scope) -> Tensor {
    let pooled = stride > 1 ? AveragePool2D(Extent2D(stride))(x, in: scope["pool"]) : x
    return pooled.pad([(0, 0), (0, 0), (0, 0), (0, filters - x.shape.last)])
  }

  /// A convolution with He's initialization by fan-out and no bias.
  static func convolution(
    _ filters: Int, size: Int, stride: Int = 1, _ shortcut: WideResNet.Shortcut = .poolAndPad
  ) -> Conv2D {
    // The paddings of PyTorch and Keras differ for strides of 2 and even extents; otherwise they are equal.
    let padding: WindowPadding = shortcut == .projection ? .symmetric(size / 2) : .same
    return Conv2D(
      filters, size: Extent2D(size), strides: Extent2D(stride), padding: padding, hasBias: false,
      kernel: VarianceScaling(scale: 2, mode: .fanOut, distribution: .normal))
  }
}

/// A wide residual network by name; see ``WideResNet``.
public struct WideResNetArchitecture: Architecture {
  public static let declaration = Declaration(
    "wideResNet", "wide residual network for small images", standard: WideResNetArchitecture(),
    reference: Reference("Zagoruyko and Komodakis", 2016, "Wide Residual Networks", "https://arxiv.org/abs/1605.07146"),
    settings: [
      Setting(
        "depth", \.depth,
        .integer(in: Int.min...Int.max).checked("6n + 4: 10, 16, 22, 28, …", WideResNet.isDepth),
        "depth d, the number of layers with parameters on the longest path"),
      Setting("width", \.width, .integer(in: 1...1000), "widening factor k of the filters"),
      Setting("shortcut", \.shortcut, .word, "1x1 projection, or average pooling and zero channels as SAM's authors"),
      Setting("dropout", \.dropout, .number(in: 0...0.999), "dropout rate between a block's convolutions"),
    ])

  public var depth: Int
  public var width: Int
  public var shortcut: WideResNet.Shortcut
  public var dropout: Double

  public init(depth: Int = 16, width: Int = 4, shortcut: WideResNet.Shortcut = .projection, dropout: Double = 0) {
    self.depth = depth
    self.width = width
    self.shortcut = shortcut
    self.dropout = dropout
  }

  public func model(outputs: Int) -> any Layer {
    WideResNet(depth: depth, width: width, outputs: outputs, shortcut: shortcut, dropout: dropout)
  }
}
