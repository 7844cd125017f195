import Configuration

/// The residual networks of Keras Applications, for their weights: `ResNet50`, `ResNet101`, `ResNet152` (He et al. 2015,
/// https://arxiv.org/abs/1512.03385) and their second versions (He et al. 2016, https://arxiv.org/abs/1603.05027).
///
/// They aren't torchvision's: convolutions have biases, the first version has its strides in a block's first convolution,
/// the second one in a stage's last block. The paths are Keras' names: `conv1_conv`, `conv2_block1_1_conv`,
/// `conv2_block1_1_bn`, …, `post_bn`, `predictions`. Outputs are logits.
///
/// ```swift
/// let model = KerasResNet(depth: 50, version: .v2, outputs: 1000)
/// print(try model.layerSummary(for: TensorType(.float32, [1, 64, 64, 3])).trainableCount)  // 25568360
/// ```
public struct KerasResNet: Layer {
  /// Whether normalization and activation come after convolutions (`v1`) or before them (`v2`).
  public enum Version: String, Sendable, Hashable, CaseIterable { case v1, v2 }

  /// The number of layers with parameters on the longest path: 50, 101 or 152.
  public var depth: Int
  public var version: Version
  public var outputs: Int
  /// The filters of the stem and the first blocks.
  public var width: Int
  public var activation: any Activation

  public init(
    depth: Int = 50, version: Version = .v1, outputs: Int, width: Int = 64, activation: any Activation = ReLU()
  ) {
    (self.depth, self.version, self.outputs) = (depth, version, outputs)
    (self.width, self.activation) = (width, activation)
  }

  fileprivate static let depths = [50, 101, 152]

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard Self.depths.contains(depth), let plan = ResNetPlan(depth: depth, width: width, stochasticDepth: 0) else {
      let message = "has a depth of 50, 101 or 152 and a width of 1 or more, not \(depth) and \(width)"
      return .failed(Diagnostic(operation: label, message: message, inputs: [x.type]))
    }
    var y = Conv2D(width, size: 7, strides: 2, padding: .symmetric(3))(
      x.rank == 3 ? x.expand(at: 3) : x, in: scope["conv1_conv"])
    if version == .v1 { y = activated(y, in: scope["conv1_bn"]) }
    // Keras pads with zeros, which are the greatest of negative numbers.
    y = MaxPool2D(3, strides: 2)(y.pad([(0, 0), (1, 1), (1, 1), (0, 0)]), in: scope["pool1_pool"])
    let last = Dictionary(plan.blocks.map { ($0.stage, $0.index) }) { Swift.max($0, $1) }
    for block in plan.blocks {
      let hasStride =
        version == .v1 ? block.stride > 1 : block.index == last[block.stage] && block.stage < 3
      let layer = KerasResNetBlock(
        version: version, activation: activation, name: "conv\(block.stage + 2)_block\(block.index + 1)",
        filters: block.filters, stride: hasStride ? 2 : 1, projects: block.index == 0)
      y = layer(y, in: scope)
      guard y.diagnostic == nil else { return y }
    }
    if version == .v2 { y = activated(y, in: scope["post_bn"]) }
    y = GlobalAveragePool2D()(y, in: scope["avg_pool"])
    return Dense(outputs)(y, in: scope["predictions"])
  }

  fileprivate static let normalization = BatchNormConvention(momentum: 0.99, epsilon: 1.001e-5)

  private func activated(_ x: Tensor, in scope: Scope) -> Tensor {
    BatchNorm(Self.normalization, activation: activation)(x, in: scope)
  }
}

/// Three convolutions, added to the input, or to a projection of it. The paths begin with its name in the model's scope.
private struct KerasResNetBlock: Block {
  let version: KerasResNet.Version
  let activation: any Activation
  let name: String
  let filters: Int
  let stride: Int
  let projects: Bool

  func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    func convolution(_ x: Tensor, _ number: Int, _ filters: Int, size: Int = 1, stride: Int = 1, bias: Bool) -> Tensor {
      Conv2D(
        filters, size: Extent2D(size), strides: Extent2D(stride), padding: .symmetric(size / 2), hasBias: bias)(
          x, in: scope["\(name)_\(number)_conv"])
    }
    func normalized(_ x: Tensor, _ part: String, _ activation: (any Activation)? = nil) -> Tensor {
      BatchNorm(KerasResNet.normalization, activation: activation)(x, in: scope["\(name)_\(part)_bn"])
    }
    switch version {
    case .v1:
      let shortcut = projects ? normalized(convolution(x, 0, 4 * filters, stride: stride, bias: true), "0") : x
      var y = normalized(convolution(x, 1, filters, stride: stride, bias: true), "1", activation)
      y = normalized(convolution(y, 2, filters, size: 3, bias: true), "2", activation)
      return activation(shortcut + normalized(convolution(y, 3, 4 * filters, bias: true), "3"))
    case .v2:
      let active = normalized(x, "preact", activation)
      let shortcut =
        projects
        ? convolution(active, 0, 4 * filters, stride: stride, bias: true)
        : stride > 1 ? MaxPool2D(1, strides: Extent2D(stride))(x, in: scope["\(name)_pool"]) : x
      var y = normalized(convolution(active, 1, filters, bias: false), "1", activation)
      y = normalized(convolution(y, 2, filters, size: 3, stride: stride, bias: false), "2", activation)
      return shortcut + convolution(y, 3, 4 * filters, bias: true)
    }
  }
}

/// A residual network of Keras Applications by name; see ``KerasResNet``.
public struct KerasResNetArchitecture: Architecture {
  public static let declaration = Declaration(
    "kerasResNet", "residual network, as in Keras Applications", standard: KerasResNetArchitecture(),
    reference: .residualNetworks,
    settings: [
      Setting(
        "depth", \.depth,
        .integer(in: Int.min...Int.max).checked(
          KerasResNet.depths.map(String.init).joined(separator: ", "), KerasResNet.depths.contains),
        "layers with parameters on the longest path"),
      Setting("version", \.version, .word, "normalization and activation after convolutions, or before them"),
      Setting("width", \.width, .integer(in: 1...10_000), "filters of the stem and the first blocks"),
      Setting("activation", \.activation, .method, "activation after the normalizations"),
    ])

  public var depth: Int
  public var version: KerasResNet.Version
  public var width: Int
  public var activation: any Activation

  public init(
    depth: Int = 50, version: KerasResNet.Version = .v1, width: Int = 64, activation: any Activation = ReLU()
  ) {
    (self.depth, self.version, self.width, self.activation) = (depth, version, width, activation)
  }

  public func model(outputs: Int) -> any Layer {
    KerasResNet(depth: depth, version: version, outputs: outputs, width: width, activation: activation)
  }
}
