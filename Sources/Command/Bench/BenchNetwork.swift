import Tanren

/// The convolutional networks that training steps are measured of, on images 32 x 32 x 3.
enum BenchNetwork {
  case cnn, nine, wide

  var model: any Layer {
    switch self {
    case .cnn: CNNArchitecture().model(outputs: 10)
    case .nine: NineConvArchitecture().model(outputs: 10)
    case .wide: WideResNet(depth: 16, width: 4, outputs: 10)
    }
  }

  var batch: Int {
    switch self {
    case .cnn: 100
    case .nine: 128
    case .wide: 64
    }
  }

  /// Of a round.
  var steps: Int { self == .cnn ? 20 : 2 }

  /// Random bytes and labels for a round.
  func data() throws -> LabeledArrays {
    var generator = NumPyRandomState(seed: 0)
    let (count, size) = (batch * steps, 32 * 32 * 3)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count * size)
    while bytes.count < count * size { withUnsafeBytes(of: generator.nextUInt64()) { bytes += $0 } }
    return try LabeledArrays(
      inputs: HostArray(dtype: .uint8, shape: [count, 32, 32, 3], bytes: Array(bytes.prefix(count * size))),
      targets: HostArray((0..<count).map { _ in Int32(generator.nextUInt32() % 10) }), classCount: 10)
  }

  /// How it is trained in a variant of a workload; nil if there is no such variant.
  static func method(_ variant: BenchWorkerCommand.Variant) -> Method? {
    let sgd = SGD(learningRate: 0.01)
    func method(
      _ optimizer: any Optimizer, _ rule: any GradientRule = PlainGradient(), augmented: [any Augmentation] = []
    ) -> Method {
      Method(loss: SoftmaxCrossEntropy(), optimizer: optimizer) {
        $0.metrics = []
        $0.preprocessing = Rescaling(dividingBy: 255)
        $0.augmentations = augmented
        $0.gradientRule = rule
      }
    }
    return switch variant {
    case .fit, .sgd: method(sgd)
    case .strong: method(sgd, augmented: [StrongAugmentation()])
    case .sam: method(sgd, SAM())
    case .adam: method(Adam())
    case .lamb: method(LAMB())
    default: nil
    }
  }
}
