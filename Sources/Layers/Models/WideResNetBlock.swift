/// Batch normalization, ReLU and a 3x3 convolution, twice, added to the input.
struct WideResNetBlock: Layer {
  let filters: Int
  let stride: Int
  let shortcut: WideResNet.Shortcut
  /// Whether it is the network's first.
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
      let way = isFirst ? active : x
      return y + (isSame ? way : pooledAndPadded(way, in: scope))
    }
  }

  private func pooledAndPadded(_ x: Tensor, in scope: Scope) -> Tensor {
    let pooled = stride > 1 ? AveragePool2D(Extent2D(stride))(x, in: scope["pool"]) : x
    return pooled.pad([(0, 0), (0, 0), (0, 0), (0, filters - x.shape.last)])
  }

  /// He's deviation of the outgoing connections, no bias.
  static func convolution(
    _ filters: Int, size: Int, stride: Int = 1, _ shortcut: WideResNet.Shortcut = .poolAndPad
  ) -> Conv2D {
    // PyTorch's padding and Keras' differ where a stride of 2 meets an even extent; else they are one.
    let padding: WindowPadding = shortcut == .projection ? .symmetric(size / 2) : .same
    return Conv2D(
      filters, size: Extent2D(size), strides: Extent2D(stride), padding: padding, hasBias: false,
      kernel: VarianceScaling(scale: 2, mode: .fanOut, distribution: .normal))
  }
}
