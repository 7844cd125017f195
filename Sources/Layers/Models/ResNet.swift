import Configuration

/// A residual network (He et al. 2015, https://arxiv.org/abs/1512.03385), by torchvision's conventions: strides are those
/// of the 3x3 convolutions, and paths are torchvision's: `conv1`, `bn1`, `layer1/0/conv1`, …, `layer2/0/downsample/0`,
/// …, `fc`.
///
/// ```swift
/// let model = ResNet(depth: 18, outputs: 1000)
/// print(try model.layerSummary(for: TensorType(.float32, [1, 64, 64, 3])).trainableCount)  // 11689512
/// ```
public struct ResNet: Layer {
  /// What comes before the blocks.
  public enum Stem: String, Sendable, Hashable, CaseIterable {
    /// A 7x7 convolution with strides of 2 and 3x3 max pooling: images become a quarter as wide.
    case imagenet
    /// A 3x3 convolution: for images of 32x32 pixels.
    case cifar
  }

  /// The number of layers with parameters on the longest path: 18, 34, 50, 101 or 152.
  public var depth: Int
  public var outputs: Int
  public var stem: Stem
  /// The filters of the stem and the first blocks.
  public var width: Int
  public var activation: any Activation
  /// The share of blocks that are dropped in training, for the last block; it grows linearly from 0.
  public var stochasticDepth: Double

  public init(
    depth: Int, outputs: Int, stem: Stem = .imagenet, width: Int = 64, activation: any Activation = ReLU(),
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
      x.rank == 3 ? x.expand(at: 3) : x, in: scope["conv1"])
    y = BatchNorm(.pyTorch, activation: activation)(y, in: scope["bn1"])
    if stem == .imagenet { y = MaxPool2D(3, strides: 2, padding: .symmetric(1))(y, in: scope["maxpool"]) }
    for block in plan.blocks {
      let layer = ResNetBlock(block: block, isBottleneck: plan.isBottleneck, activation: activation)
      y = layer(y, in: scope["layer\(block.stage + 1)"]["\(block.index)"])
    }
    y = GlobalAveragePool2D()(y, in: scope["avgpool"])
    return Dense(outputs, kernel: .torchLinear)(y, in: scope["fc"])
  }
}

/// The blocks of a residual network.
struct ResNetPlan {
  struct Block {
    var stage: Int
    var index: Int
    var filters: Int
    var stride: Int
    /// The share of examples for which the block is dropped in training.
    var dropRate: Double
  }

  static let depths = [18, 34, 50, 101, 152]
  let isBottleneck: Bool
  let blocks: [Block]

  /// Nil for what no network has.
  init?(depth: Int, width: Int, stochasticDepth: Double) {
    let repeats = [
      18: [2, 2, 2, 2], 34: [3, 4, 6, 3], 50: [3, 4, 6, 3], 101: [3, 4, 23, 3], 152: [3, 8, 36, 3],
    ]
    guard let counts = repeats[depth], (1...1 << 16).contains(width) else { return nil }
    isBottleneck = depth >= 50
    let total = counts.reduce(0, +)
    var blocks: [Block] = []
    for (stage, count) in counts.enumerated() {
      for index in 0..<count {
        blocks.append(
          Block(
            stage: stage, index: index, filters: width << stage, stride: stage > 0 && index == 0 ? 2 : 1,
            dropRate: stochasticDepth * Double(blocks.count) / Double(total - 1)))
      }
    }
    self.blocks = blocks
  }

  static func problem(_ depth: Int, _ width: Int) -> String {
    "has a depth of \(depths.map(String.init).joined(separator: ", ")) and a width of 1 or more, not \(depth) and \(width)"
  }

  /// A convolution with He's initialization by fan-out and no bias.
  static func convolution(_ filters: Int, size: Int, stride: Int = 1) -> Conv2D {
    Conv2D(
      filters, size: Extent2D(size), strides: Extent2D(stride), padding: .symmetric(size / 2), hasBias: false,
      kernel: VarianceScaling(scale: 2, mode: .fanOut, distribution: .normal))
  }
}

/// The settings that residual networks by name share.
public struct ResNetSettings: Sendable {
  /// The number of layers with parameters on the longest path: 18, 34, 50, 101 or 152.
  public var depth: Int
  public var stem: ResNet.Stem
  /// The filters of the stem and the first blocks.
  public var width: Int
  public var activation: any Activation
  /// The share of blocks that are dropped in training, for the last block; it grows linearly from 0.
  public var stochasticDepth: Double

  public init(
    depth: Int = 18, stem: ResNet.Stem = .imagenet, width: Int = 64, activation: any Activation = ReLU(),
    stochasticDepth: Double = 0
  ) {
    (self.depth, self.stem, self.width) = (depth, stem, width)
    (self.activation, self.stochasticDepth) = (activation, stochasticDepth)
  }

  static let all: [Setting<ResNetSettings>] = [
    Setting(
      "depth", \.depth,
      .integer(in: Int.min...Int.max).checked(
        ResNetPlan.depths.map(String.init).joined(separator: ", "), ResNetPlan.depths.contains),
      "layers with parameters on the longest path"),
    Setting("stem", \.stem, .word, "a 7x7 convolution and pooling, or a 3x3 convolution for small images"),
    Setting("width", \.width, .integer(in: 1...10_000), "filters of the stem and the first blocks"),
    Setting("activation", \.activation, .method, "activation after the normalizations"),
    Setting("stochasticDepth", \.stochasticDepth, .decayRate, "share of examples that skip the last block in training"),
  ]
}

/// Two 3x3 convolutions, or a 3x3 convolution between two 1x1 ones, added to the input.
private struct ResNetBlock: Block {
  let block: ResNetPlan.Block
  let isBottleneck: Bool
  let activation: any Activation

  func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    let (filters, stride) = (block.filters, block.stride)
    let channels = isBottleneck ? 4 * filters : filters
    func part(_ x: Tensor, _ number: Int, _ convolution: Conv2D, activation: (any Activation)?) -> Tensor {
      BatchNorm(.pyTorch, activation: activation)(convolution(x, in: scope["conv\(number)"]), in: scope["bn\(number)"])
    }
    var y: Tensor
    if isBottleneck {
      y = part(x, 1, ResNetPlan.convolution(filters, size: 1), activation: activation)
      y = part(y, 2, ResNetPlan.convolution(filters, size: 3, stride: stride), activation: activation)
      y = part(y, 3, ResNetPlan.convolution(channels, size: 1), activation: nil)
    } else {
      y = part(x, 1, ResNetPlan.convolution(filters, size: 3, stride: stride), activation: activation)
      y = part(y, 2, ResNetPlan.convolution(filters, size: 3), activation: nil)
    }
    y = StochasticDepth(block.dropRate)(y, in: scope["stochasticDepth"])
    guard stride != 1 || x.shape.last != channels else { return activation(y + x) }
    let shortcut = ResNetPlan.convolution(channels, size: 1, stride: stride)(x, in: scope["downsample"]["0"])
    return activation(y + BatchNorm(.pyTorch)(shortcut, in: scope["downsample"]["1"]))
  }
}

/// A residual network by name; see ``ResNet``.
public struct ResNetArchitecture: Architecture {
  public static let declaration = Declaration(
    "resNet", "residual network, as in torchvision", standard: ResNetArchitecture(), reference: .residualNetworks,
    settings: ResNetSettings.all.of(\.network))

  public var network: ResNetSettings

  public init(_ network: ResNetSettings = ResNetSettings()) { self.network = network }

  public func model(outputs: Int) -> any Layer {
    ResNet(
      depth: network.depth, outputs: outputs, stem: network.stem, width: network.width, activation: network.activation,
      stochasticDepth: network.stochasticDepth)
  }
}

extension Reference {
  static let residualNetworks = Reference(
    "He et al.", 2015, "Deep Residual Learning for Image Recognition", "https://arxiv.org/abs/1512.03385")
}
