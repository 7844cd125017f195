/// A wide residual network for small images (Zagoruyko and Komodakis 2016): a 3x3 convolution of 16 filters, three
/// groups of residual blocks of 16, 32 and 64 times `width` filters, the last two of half the extent each, a
/// global average and a dense output.
///
/// The paths are `conv`, `group1_block1/…` and so on, `norm` and `dense`.
public struct WideResNet: Layer {
  /// How a block's input reaches its output where their shapes differ, and what goes with it.
  public enum Shortcut: String, Sendable, Hashable, CaseIterable {
    /// Means over windows, and channels of zeros, as in the code of SAM's authors: dense kernel uniform within
    /// ±1/sqrt(outputs), biased running variance. The first block's input is activated on both ways.
    case poolAndPad
    /// A 1x1 convolution of the activated input, as in the paper: dense kernel uniform within ±1/sqrt(inputs),
    /// PyTorch's batch normalization.
    case projection
  }

  /// Layers with parameters along the way, 6n + 4.
  public var depth: Int
  public var width: Int
  public var outputs: Int
  public var shortcut: Shortcut
  /// The probability that an element is dropped between a block's convolutions.
  public var dropout: Double

  public init(depth: Int, width: Int, outputs: Int, shortcut: Shortcut = .projection, dropout: Double = 0) {
    self.depth = depth
    self.width = width
    self.outputs = outputs
    self.shortcut = shortcut
    self.dropout = dropout
  }

  /// Whether a network can have this depth.
  static func isDepth(_ depth: Int) -> Bool { depth >= 10 && depth <= 10_000 && (depth - 4).isMultiple(of: 6) }

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
  var normalization: BatchNormConvention {
    switch self {
    case .poolAndPad: .samAuthors
    case .projection: .pyTorch
    }
  }
}
