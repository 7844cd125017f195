import Tanren

/// The networks that training steps are measured of, on images 32 x 32 x 3.
enum BenchNetwork {
  case cnn, nine, wide, large, transformer
  /// 192-512-512-10 on images pooled to 8 x 8.
  case dense

  var model: any Layer {
    switch self {
    case .cnn: CNNArchitecture().model(outputs: 10)
    case .nine: NineConvArchitecture().model(outputs: 10)
    case .wide: WideResNet(depth: 16, width: 4, outputs: 10)
    case .large: WideResNet(depth: 28, width: 10, outputs: 10)
    case .transformer: VisionTransformer(patch: 4, width: 64, depth: 4, heads: 4, outputs: 10)
    case .dense:
      Sequential {
        AveragePool2D(4)
        Flatten()
        MLP([512, 512, 10], activation: ReLU())
      }
    }
  }

  var batch: Int {
    switch self {
    case .cnn, .dense: 100
    case .nine, .large, .transformer: 128
    case .wide: 64
    }
  }

  /// Of a round, an epoch of `fit`: what is done once per epoch, such as getting memory, counts little in real ones.
  var steps: Int { [.cnn, .dense, .large].contains(self) ? 20 : 5 }

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
  static func method(_ variant: BenchCommand.Variant) -> Method? {
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
    case .fit, .checkpoint, .sgd: method(sgd)
    case .strong: method(sgd, augmented: [StrongAugmentation()])
    case .sam: method(sgd, SAM())
    case .adam: method(Adam())
    case .lamb: method(LAMB())
    case .shampoo: method(Shampoo(graft: .rmsprop, root: .iteration))
    case .soap: method(SOAP())
    case .muon: method(Muon())
    default: nil
    }
  }
}

/// `fit`, whose epochs wait for the harness: a round is an epoch, with its evaluation if there is test data.
final class EpochRounds: Callback {
  private let worker: BenchWorker
  private let data: String
  /// What a round counts as.
  private let units: Int
  private let clock = ContinuousClock()
  /// When the round began; nil for the first, which isn't counted.
  private var start: ContinuousClock.Instant?
  fileprivate private(set) var isOver = false

  /// - Parameters:
  ///   - data: what the data is called.
  ///   - units: 1 for an epoch, the number of its steps if these are measured.
  init(_ worker: BenchWorker, data: String, units: Int = 1) {
    (self.worker, self.data, self.units) = (worker, data, units)
  }

  func run(
    _ trainer: Trainer, train: LabeledArrays, test: LabeledArrays? = nil, batchSize: Int,
    checkpointing: GradientCheckpointing = .none
  ) throws {
    _ = try trainer.fit(
      train, epochs: 1_000_000, batchSize: batchSize, validation: test,
      options: FitOptions(evaluationBatch: 1000, checkpointing: checkpointing), callbacks: [self])
  }

  /// `mnist-epoch` with one seed, `mlp-seeds` with several that train in one program.
  func run(train: LabeledArrays, test: LabeledArrays, seeds: Int = 1) throws {
    var method = BenchModel.method
    method.preprocessing = Rescaling(dividingBy: 255)
    let layers = Sequential {
      Flatten()
      MLP(Array(BenchModel.units.dropFirst()), activation: ReLU(), kernel: .heNormal)
    }
    let trainers = try (0..<seeds).map {
      try Trainer(model: layers, method: method, inputs: train.inputs, seed: UInt64($0))
    }
    if seeds == 1 { return try run(trainers[0], train: train, test: test, batchSize: BenchModel.batch) }
    let followers: [any Callback] = [FollowingCallback(self)]
    let first: [any Callback] = [self]
    _ = try TrainerGroup(trainers).fit(
      train, epochs: 1_000_000, batchSize: BenchModel.batch, validation: test,
      options: FitOptions(evaluationBatch: 1000), callbacks: { $0 == 0 ? first : followers })
  }

  /// Training steps of a network.
  func run(
    _ network: BenchNetwork, _ method: Method, precision: Precision, checkpointing: GradientCheckpointing
  ) throws {
    let data = try network.data()
    let trainer = try Trainer(model: network.model, method: method, inputs: data.inputs, precision: precision)
    try run(trainer, train: data, batchSize: network.batch, checkpointing: checkpointing)
  }

  func epochEnded(_ record: EpochRecord, in trainer: Trainer) throws -> CallbackAction {
    if let start {
      let seconds = (clock.now - start) / .seconds(1) / Double(units)
      let loss = record["val_loss"] ?? record["loss"] ?? .nan
      worker.say(.round(seconds: seconds, units: units, loss: loss, accuracy: record["val_accuracy"]))
    } else {
      worker.say(.ready(data: data))
    }
    isOver = !worker.isAskedForRound()
    start = clock.now
    return isOver ? .stop(reason: "the benchmark is over") : .continue
  }
}

/// Stops a group's other trainers when its first has stopped.
private final class FollowingCallback: Callback {
  private let rounds: EpochRounds

  init(_ rounds: EpochRounds) { self.rounds = rounds }

  func epochEnded(_ record: EpochRecord, in trainer: Trainer) throws -> CallbackAction {
    rounds.isOver ? .stop(reason: "the benchmark is over") : .continue
  }
}

/// `cnn-step`: training steps of two convolutions (32 and 64 features, 3 x 3, relu, pooled by 2) and a dense layer
/// on images 32 x 32 x 3, batch 100, SGD at rate 0.01, an execution each. The images are random.
final class CNNRounds: BenchRounds {
  private static let batch = 100
  private static let steps = 20
  private static let shapes: [Shape] = [[3, 3, 3, 32], [32], [3, 3, 32, 64], [64], [2304, 10], [10]]

  private let program: Program
  private let data: [Tensor]
  private var parameters: [Tensor]

  init(on engine: Engine) throws {
    var generator = NumPyRandomState(seed: 10)
    parameters = try Self.shapes.map { shape in
      let scale = shape.rank == 1 ? 0 : (2 / Double(shape.dropLast().reduce(1, *))).squareRoot()
      let values = generator.randn(shape.elementCount).map { Float($0 * scale) }
      return Tensor(try engine.buffer(HostArray(values, shape: Array(shape))))
    }
    let pixels = generator.randn(Self.batch * 32 * 32 * 3).map { Float($0) }
    let labels = (0..<Self.batch).map { Int32($0 % 10) }
    data = [
      Tensor(try engine.buffer(HostArray(pixels, shape: [Self.batch, 32, 32, 3]))),
      Tensor(try engine.buffer(HostArray(labels))),
    ]
    let aliases = Dictionary(uniqueKeysWithValues: Self.shapes.indices.map { ($0, $0) })
    program = try Program((parameters + data).map(\.type), aliases: aliases, on: engine) { arguments in
      let (images, labels) = (arguments[6], arguments[7])
      let (loss, gradients) = valueAndGradient(at: Array(arguments.prefix(6))) { point in
        Self.loss(point, images, labels)
      }
      return zip(arguments, gradients).map { $0 - $1 * 0.01 } + [loss]
    }
  }

  private static func loss(_ point: [Tensor], _ images: Tensor, _ labels: Tensor) -> Tensor {
    let first = (images.conv2D(point[0]) + point[1]).maximum(0).maxPool2D((2, 2))
    let second = (first.conv2D(point[2]) + point[3]).maximum(0).maxPool2D((2, 2))
    let output = second.reshape(to: [batch, 2304]).matmul(point[4]) + point[5]
    return SoftmaxCrossEntropy()(output, labels, weights: nil).objective
  }

  func round() throws -> (units: Int, loss: Double) {
    var loss = Tensor(0)
    for _ in 0..<Self.steps {
      let results = try program(parameters + data)
      parameters = Array(results.dropLast())
      loss = results[results.count - 1]
    }
    return (Self.steps, Double(try loss.values(as: Float.self)[0]))
  }
}
