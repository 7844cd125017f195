import Configuration

/// MobileNetV3, the network that h-swish was introduced for (Howard et al. 2019, https://arxiv.org/abs/1905.02244), by
/// torchvision's conventions and with its paths: `features/0/0`, `features/1/block/0/0`, …, `classifier/0`,
/// `classifier/3`.
public struct MobileNetV3: Layer {
  public enum Size: String, Sendable, Hashable, CaseIterable { case small, large }

  public var size: Size
  public var outputs: Int
  /// `cifar` has no stride in the first convolution, for images of 32x32 pixels.
  public var stem: ResNet.Stem
  /// What all numbers of channels are multiplied by; they stay multiples of 8.
  public var width: Double
  /// The dropout rate before the outputs.
  public var dropout: Double
  /// The activation of the deeper blocks; the first ones have a ReLU.
  public var activation: any Activation
  public var normalization: BatchNormConvention

  /// torchvision's batch normalization: momentum 0.01 as PyTorch defines it.
  public static let torchvisionNormalization = BatchNormConvention(momentum: 0.99, epsilon: 1e-3, isUnbiased: true)

  public init(
    size: Size, outputs: Int, stem: ResNet.Stem = .imagenet, width: Double = 1, dropout: Double = 0.2,
    activation: any Activation = HSwish(), normalization: BatchNormConvention = torchvisionNormalization
  ) {
    (self.size, self.outputs, self.stem, self.width) = (size, outputs, stem, width)
    (self.dropout, self.activation, self.normalization) = (dropout, activation, normalization)
  }

  public func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    guard width > 0, width <= 1000 else {
      return .failed(Diagnostic(operation: label, message: "needs a width above 0, not \(width)", inputs: [x.type]))
    }
    let (features, classifier) = (scope["features"], scope["classifier"])
    let blocks = size.blocks
    func channels(_ count: Int) -> Int { MobileBlock.divisible(Double(count) * width) }
    var y = ConvNormActivation(
      16.scaled(width), size: 3, stride: stem == .cifar ? 1 : 2, activation: activation, normalization)(
        x.rank == 3 ? x.expand(at: 3) : x, in: features["0"])
    for (index, plan) in blocks.enumerated() {
      let block = MobileBlock(
        plan: plan, width: width, activation: plan.isDeep ? activation : ReLU(), normalization: normalization)
      y = block(y, in: features["\(index + 1)"])
    }
    let last = 6 * channels(blocks.last?.channels ?? 0)
    y = ConvNormActivation(last, size: 1, activation: activation, normalization)(y, in: features["\(blocks.count + 1)"])
    y = GlobalAveragePool2D()(y, in: scope["avgpool"])
    let kernel = NormalInitializer(deviation: 0.01)
    y = activation(Dense(channels(size == .small ? 1024 : 1280), kernel: kernel)(y, in: classifier["0"]))
    y = Dropout(dropout)(y, in: classifier["2"])
    return Dense(outputs, kernel: kernel)(y, in: classifier["3"])
  }
}

extension Int {
  fileprivate func scaled(_ width: Double) -> Int { MobileBlock.divisible(Double(self) * width) }
}

/// A block's numbers, as in Tables 1 and 2 of the paper.
private struct MobilePlan {
  let size: Int
  let expanded: Int
  let channels: Int
  let hasSqueeze: Bool
  /// Whether it has the network's activation instead of a ReLU.
  let isDeep: Bool
  let stride: Int

  init(_ size: Int, _ expanded: Int, _ channels: Int, squeeze: Bool, deep: Bool, stride: Int = 1) {
    (self.size, self.expanded, self.channels) = (size, expanded, channels)
    (hasSqueeze, isDeep, self.stride) = (squeeze, deep, stride)
  }
}

extension MobileNetV3.Size {
  fileprivate var blocks: [MobilePlan] {
    switch self {
    case .small:
      [
        MobilePlan(3, 16, 16, squeeze: true, deep: false, stride: 2),
        MobilePlan(3, 72, 24, squeeze: false, deep: false, stride: 2),
        MobilePlan(3, 88, 24, squeeze: false, deep: false),
        MobilePlan(5, 96, 40, squeeze: true, deep: true, stride: 2),
        MobilePlan(5, 240, 40, squeeze: true, deep: true), MobilePlan(5, 240, 40, squeeze: true, deep: true),
        MobilePlan(5, 120, 48, squeeze: true, deep: true), MobilePlan(5, 144, 48, squeeze: true, deep: true),
        MobilePlan(5, 288, 96, squeeze: true, deep: true, stride: 2),
        MobilePlan(5, 576, 96, squeeze: true, deep: true), MobilePlan(5, 576, 96, squeeze: true, deep: true),
      ]
    case .large:
      [
        MobilePlan(3, 16, 16, squeeze: false, deep: false),
        MobilePlan(3, 64, 24, squeeze: false, deep: false, stride: 2),
        MobilePlan(3, 72, 24, squeeze: false, deep: false),
        MobilePlan(5, 72, 40, squeeze: true, deep: false, stride: 2),
        MobilePlan(5, 120, 40, squeeze: true, deep: false), MobilePlan(5, 120, 40, squeeze: true, deep: false),
        MobilePlan(3, 240, 80, squeeze: false, deep: true, stride: 2),
        MobilePlan(3, 200, 80, squeeze: false, deep: true), MobilePlan(3, 184, 80, squeeze: false, deep: true),
        MobilePlan(3, 184, 80, squeeze: false, deep: true), MobilePlan(3, 480, 112, squeeze: true, deep: true),
        MobilePlan(3, 672, 112, squeeze: true, deep: true),
        MobilePlan(5, 672, 160, squeeze: true, deep: true, stride: 2),
        MobilePlan(5, 960, 160, squeeze: true, deep: true), MobilePlan(5, 960, 160, squeeze: true, deep: true),
      ]
    }
  }
}

/// A convolution, batch normalization and an activation: `0/kernel`, `1/scale`, …
private struct ConvNormActivation: Layer {
  let filters: Int
  let size: Int
  let stride: Int
  let groups: Int
  let activation: (any Activation)?
  let normalization: BatchNormConvention

  init(
    _ filters: Int, size: Int, stride: Int = 1, groups: Int = 1, activation: (any Activation)?,
    _ normalization: BatchNormConvention
  ) {
    (self.filters, self.size, self.stride, self.groups) = (filters, size, stride, groups)
    (self.activation, self.normalization) = (activation, normalization)
  }

  func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    let convolution = Conv2D(
      filters, size: Extent2D(size), strides: Extent2D(stride), padding: .symmetric(size / 2), groups: groups,
      hasBias: false, kernel: VarianceScaling(scale: 2, mode: .fanOut, distribution: .normal))
    return BatchNorm(normalization, activation: activation)(convolution(x, in: scope["0"]), in: scope["1"])
  }
}

/// An inverted residual block: more channels, a convolution of each of them, squeeze and excitation, fewer channels.
private struct MobileBlock: Block {
  let plan: MobilePlan
  let width: Double
  let activation: any Activation
  let normalization: BatchNormConvention

  func forward(_ x: Tensor, in scope: Scope) -> Tensor {
    let (expanded, channels) = (plan.expanded.scaled(width), plan.channels.scaled(width))
    var parts: [any Layer] = []
    if expanded != x.shape.last {
      parts.append(ConvNormActivation(expanded, size: 1, activation: activation, normalization))
    }
    parts.append(
      ConvNormActivation(
        expanded, size: plan.size, stride: plan.stride, groups: expanded, activation: activation, normalization))
    if plan.hasSqueeze {
      parts.append(SqueezeExcitation(hidden: Self.divisible(Double(expanded / 4)), gate: HardSigmoid()))
    }
    parts.append(ConvNormActivation(channels, size: 1, activation: nil, normalization))
    let block = scope["block"]
    let y = parts.enumerated().reduce(x) { y, part in part.element(y, in: block["\(part.offset)"]) }
    return plan.stride == 1 && x.shape.last == channels ? x + y : y
  }

  /// The nearest multiple of 8, 8 or more, that isn't more than a tenth below.
  static func divisible(_ count: Double) -> Int {
    let nearest = Swift.max(8, Int(count + 4) / 8 * 8)
    return Double(nearest) < 0.9 * count ? nearest + 8 : nearest
  }
}

/// MobileNetV3 by name; see ``MobileNetV3``.
public struct MobileNetV3Architecture: Architecture {
  public static let declaration = Declaration(
    "mobileNetV3", "network of inverted residual blocks with h-swish, as in torchvision",
    standard: MobileNetV3Architecture(),
    reference: Reference("Howard et al.", 2019, "Searching for MobileNetV3", "https://arxiv.org/abs/1905.02244"),
    settings: [
      Setting("size", \.size, .word, "which of the two networks of the paper"),
      Setting("stem", \.stem, .word, "first strides of 2, or of 1 for small images"),
      Setting("width", \.width, .number(in: 0.01...100), "what all numbers of channels are multiplied by"),
      Setting("dropout", \.dropout, .decayRate, "dropout rate before the outputs"),
      Setting("activation", \.activation, .method, "activation of the deeper blocks"),
    ] + BatchNormConvention.settings.of(\.normalization))

  public var size: MobileNetV3.Size
  public var stem: ResNet.Stem
  public var width: Double
  public var dropout: Double
  public var activation: any Activation
  public var normalization: BatchNormConvention

  public init(
    size: MobileNetV3.Size = .small, stem: ResNet.Stem = .imagenet, width: Double = 1, dropout: Double = 0.2,
    activation: any Activation = HSwish(), normalization: BatchNormConvention = MobileNetV3.torchvisionNormalization
  ) {
    (self.size, self.stem, self.width) = (size, stem, width)
    (self.dropout, self.activation, self.normalization) = (dropout, activation, normalization)
  }

  public func model(outputs: Int) -> any Layer {
    MobileNetV3(
      size: size, outputs: outputs, stem: stem, width: width, dropout: dropout, activation: activation,
      normalization: normalization)
  }
}
