import Configuration

/// A residual network whose blocks normalize and activate before each convolution, so that sums are passed on unchanged
/// (He et al. 2016, https://arxiv.org/abs/1603.05027).
///
/// The paths are those of timm's `resnetv2_…`: `stem/conv`, `stages/0/blocks/0/norm1`, `…/conv1`, `…/downsample/conv`,
/// …, `norm`, `head/fc`. The head is a 1x1 convolution there, and so it is here.
public struct PreActResNet: Layer {
  /// The number of layers with parameters on the longest path: 18, 34, 50, 101 or 152.
  public var depth: Int
  public var outputs: Int
  public var stem: ResNet.Stem
  /// The filters of the stem and the first blocks.
  public var width: Int
  public var activation: any Activation
  /// The share of blocks that are dropped in training, for the last block; it grows linearly from 0.
  public var stochasticDepth: Double

  public init(
    depth: Int, outputs: Int, stem: ResNet.Stem = .imagenet, width: Int = 64, activation: any Activation = ReLU(),
    stochasticDepth: Double = 0
  ) {
    (self.depth, self.outputs, self.stem, self.width) = (depth, outputs, stem, width)
    (self.activation, self.stochasticDepth) = (activation, stochasticDepth)
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard let plan = ResNetPlan(depth: depth, width: width, stochasticDepth: stochasticDepth) else {
      return .failed(Diagnostic(operation: label, message: ResNetPlan.problem(depth, width), inputs: [x.type]))
    }
    var y = ResNetPlan.convolution(width, size: stem == .cifar ? 3 : 7, stride: stem == .cifar ? 1 : 2)(
      x.rank == 3 ? x.expand(at: 3) : x, in: scope["stem"]["conv"])
    if stem == .imagenet { y = MaxPool2D(3, strides: 2, padding: .symmetric(1))(y, in: scope["stem"]["pool"]) }
    for block in plan.blocks {
      let layer = PreActBlock(block: block, isBottleneck: plan.isBottleneck, activation: activation)
      y = layer(y, in: scope["stages"]["\(block.stage)"]["blocks"]["\(block.index)"])
    }
    y = BatchNorm(.pyTorch, activation: activation)(y, in: scope["norm"])
    guard y.diagnostic == nil else { return y }
    let means = y.upcast.mean([1, 2], keepDims: true).cast(to: y.dtype)
    let scores = Conv2D(outputs, size: 1, kernel: .normal(deviation: 0.01))(means, in: scope["head"]["fc"])
    return Flatten()(scores, in: scope["head"]["flatten"])
  }
}

/// Normalization, activation and a convolution, two or three times, added to the input.
private struct PreActBlock: Block {
  let block: ResNetPlan.Block
  let isBottleneck: Bool
  let activation: any Activation

  func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    let (filters, stride) = (block.filters, block.stride)
    let channels = isBottleneck ? 4 * filters : filters
    func activated(_ x: Tensor, _ number: Int) -> Tensor {
      BatchNorm(.pyTorch, activation: activation)(x, in: scope["norm\(number)"])
    }
    let active = activated(x, 1)
    var y: Tensor
    if isBottleneck {
      y = ResNetPlan.convolution(filters, size: 1)(active, in: scope["conv1"])
      y = ResNetPlan.convolution(filters, size: 3, stride: stride)(activated(y, 2), in: scope["conv2"])
      y = ResNetPlan.convolution(channels, size: 1)(activated(y, 3), in: scope["conv3"])
    } else {
      y = ResNetPlan.convolution(filters, size: 3, stride: stride)(active, in: scope["conv1"])
      y = ResNetPlan.convolution(filters, size: 3)(activated(y, 2), in: scope["conv2"])
    }
    y = StochasticDepth(block.dropRate)(y, in: scope["stochasticDepth"])
    guard stride != 1 || x.shape.last != channels else { return y + x }
    return y + ResNetPlan.convolution(channels, size: 1, stride: stride)(active, in: scope["downsample"]["conv"])
  }
}

/// A residual network with activations before convolutions, by name; see ``PreActResNet``.
public struct PreActResNetArchitecture: Architecture {
  public static let declaration = Declaration(
    "preActResNet", "residual network with activations before convolutions", standard: PreActResNetArchitecture(),
    reference: Reference(
      "He et al.", 2016, "Identity Mappings in Deep Residual Networks", "https://arxiv.org/abs/1603.05027"),
    settings: ResNetSettings.all.of(\.network))

  public var network: ResNetSettings

  public init(_ network: ResNetSettings = ResNetSettings()) { self.network = network }

  public func model(outputs: Int) -> any Layer {
    PreActResNet(
      depth: network.depth, outputs: outputs, stem: network.stem, width: network.width, activation: network.activation,
      stochasticDepth: network.stochasticDepth)
  }
}
