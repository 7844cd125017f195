import PJRT
import TestSupport
import Testing

@testable import Training

/// Training on several devices, against the same on one.
@Suite(.tags(.engine, .slow)) struct DataParallelTests {
  /// What a training ends with.
  struct Outcome {
    let metrics: [[String: Double]]
    let numbers: [Double]
    let bytes: [String: [UInt8]]
  }

  static func run(
    _ data: DatasetPair, model: any Layer, method: Method, devices: Int, precision: Precision = .float32,
    batch: Int = 40,
    options: FitOptions = FitOptions(partialBatch: .pad, evaluatesBeforeTraining: true, evaluationBatch: 40)
  ) throws -> Outcome {
    try Engines.eightDevices.get().asShared {
      let trainer = try Trainer(
        model: model, method: method, inputs: data.train.inputs, precision: precision, seed: 5, devices: devices)
      let history = try trainer.fit(
        data.train, epochs: 2, batchSize: batch, validation: data.test, options: options)
      // All devices end with the same bits.
      for (path, tensor) in trainer.state.tree.pairs {
        let copies = try tensor.perDevice()
        #expect(copies.count == devices, "\(path)")
        #expect(copies.allSatisfy { $0 == copies[0] }, "\(path)")
      }
      return Outcome(
        metrics: history.metrics, numbers: try trainer.state.tree.doubles(), bytes: try trainer.state.bytes())
    }
  }

  /// The same training on 2, 4 and 8 devices as on one.
  /// - Parameter tolerance: relative to the greatest number.
  static func compare(
    _ data: DatasetPair, model: any Layer, method: Method, precision: Precision = .float64, batch: Int = 40,
    within tolerance: Double = 1e-11, devices: [Int] = [2, 4, 8]
  ) throws {
    let one = try run(data, model: model, method: method, devices: 1, precision: precision, batch: batch)
    for count in devices {
      let several = try run(data, model: model, method: method, devices: count, precision: precision, batch: batch)
      #expect(scaledDistance(several.numbers, one.numbers) < tolerance, "\(count) devices")
      for (several, one) in zip(several.metrics, one.metrics) {
        #expect(several.keys == one.keys)
        for (name, value) in one {
          #expect(scaledDistance([several[name] ?? .nan], [value]) <= tolerance, "\(name)")
        }
      }
    }
  }

  static func method(
    _ optimizer: any Optimizer = Momentum(learningRate: 0.05), _ configure: (inout Method) -> Void = { _ in }
  ) -> Method {
    Method(loss: SoftmaxCrossEntropy(), optimizer: optimizer) {
      $0.preprocessing = Rescaling(dividingBy: 255)
      configure(&$0)
    }
  }

  static let mlp = Sequential {
    Flatten(); Dense(24); ReLU(); Dropout(0.2); Dense(10)
  }

  static let cnn = Sequential {
    Conv2D(6, size: 3)
    BatchNorm(activation: ReLU())
    MaxPool2D(2)
    Conv2D(8, size: 3)
    BatchNorm(.pyTorch)
    ReLU()
    Flatten()
    Dense(10)
  }

  /// Digits with a channel axis: a last batch of 20 of 40, and a test set that its batches don't divide.
  static let digits = Result {
    let pair = try SyntheticDigits.generate(trainCount: 180, testCount: 100)
    func withChannel(_ arrays: LabeledArrays) throws -> LabeledArrays {
      try LabeledArrays(
        inputs: HostArray(dtype: .uint8, shape: arrays.inputs.shape + [1], bytes: arrays.inputs.bytes),
        targets: arrays.targets, classCount: 10)
    }
    return DatasetPair(
      train: try withChannel(pair.train), test: try withChannel(pair.test), name: pair.name, origin: pair.origin)
  }

  @Test func anMLP() throws {
    try Self.compare(Self.digits.get(), model: Self.mlp, method: Self.method())
    try Self.compare(
      Self.digits.get(), model: Self.mlp, method: Self.method(), precision: .float32, within: 1e-4)
  }

  @Test func aCNN() throws {
    try Self.compare(Self.digits.get(), model: Self.cnn, method: Self.method(), devices: [4])
    try Self.compare(
      Self.digits.get(), model: Self.cnn, method: Self.method(), precision: .float32, within: 2e-2)
  }

  @Test(arguments: [2, 8]) func theSameDevicesGiveTheSameBits(_ devices: Int) throws {
    let (one, again) = (
      try Self.run(Self.digits.get(), model: Self.cnn, method: Self.method(), devices: devices),
      try Self.run(Self.digits.get(), model: Self.cnn, method: Self.method(), devices: devices)
    )
    #expect(one.bytes == again.bytes)
    #expect(one.metrics == again.metrics)
  }

  /// Every slot, and the settings in which examples meet.
  static let methods: [(name: String, method: Method)] = [
    ("adam, ema", method(Adam()) { $0.averaging = ExponentialAverage(decay: 0.5) }),
    ("clipped", method(SGD(learningRate: 0.1).preceded(by: ClipByGlobalNorm(0.1)))),
    ("sam", method { $0.gradientRule = SAM(rho: 0.05, statePass: .both) }),
    ("asam", method { $0.gradientRule = ASAM() }),
    ("gsam", method { $0.gradientRule = GSAM() }),
    ("lookSAM", method { $0.gradientRule = LookSAM(every: 3) }),
    ("accumulation", method { $0.gradientRule = Accumulation(parts: 5) }),
    ("accumulated sam", method { $0.gradientRule = Accumulation(parts: 5, of: SAM()) }),
    ("penalty", method { $0.penalties = [L1L2(l1: 1e-4, l2: 1e-3)] }),
    ("frozen", method { $0.freeze = try? PathFilter(including: ["^dense1/"]) }),
    ("weights", method { $0.classWeights = .values((1...10).map { Double($0) }) }),
    ("lookahead, estimated", method { $0.averaging = Lookahead(every: 3, statistics: .estimated) }),
    ("rates", method { $0.learningRateFactors = [try? LearningRateFactor("bias", 2)].compactMap(\.self) }),
  ]

  @Test(arguments: methods.map(\.name)) func everySlot(_ name: String) throws {
    let method = try #require(Self.methods.first { $0.name == name }).method
    let model = Sequential {
      Flatten(); Dense(12); BatchNorm(); ReLU(); Dropout(0.2); Dense(10)
    }
    // Parts of 8 examples are spread over the devices.
    try Self.compare(Self.digits.get(), model: model, method: method, devices: [4])
  }

  @Test func lossesOfTheWholeBatch() throws {
    for loss in [
      Flooded(SoftmaxCrossEntropy(), at: 2.2) as any Loss, Summed(SoftmaxCrossEntropy()), SoftmaxCrossEntropy(),
    ] {
      let method = Method(loss: loss, optimizer: SGD(learningRate: 0.005)) {
        $0.preprocessing = Rescaling(dividingBy: 255)
        $0.metrics = [Accuracy(), TopKAccuracy(k: 3), ROCAUC()]
      }
      try Self.compare(Self.digits.get(), model: Self.mlp, method: method, devices: [4])
    }
  }

  /// The same images for a key, whatever the number of devices: the losses tell. Images are in single precision.
  @Test func augmentations() throws {
    let groups: [[any Augmentation]] = [
      [HorizontalFlip(), PadAndCrop(pixels: 2)], [Rotation(), Shift(), Zoom(), RandomErasing()],
      [Brightness(), ChannelShift(), Cutout(size: 5)], [PadAndCrop(pixels: 2), MixUp(each: .image), CutMix()],
      [RandomResizedCrop(), RandomErasing(.original), MixUp()],
    ]
    for augmentations in groups {
      let method = Self.method { $0.augmentations = augmentations }
      try Self.compare(Self.digits.get(), model: Self.mlp, method: method, within: 1e-6, devices: [4])
    }
    let accumulated = Self.method {
      $0.augmentations = [PadAndCrop(pixels: 2), CutMix()]
      $0.gradientRule = Accumulation(parts: 5)
    }
    try Self.compare(Self.digits.get(), model: Self.mlp, method: accumulated, within: 1e-6, devices: [4])
  }

  @Test func layersInWhichExamplesMeet() throws {
    let model = Sequential {
      Conv2D(4, size: 3)
      DropBlock(0.2, size: 3)
      ReLU()
      StochasticDepth(0.3)
      Flatten()
      Dense(10)
    }
    try Self.compare(Self.digits.get(), model: model, method: Self.method(), devices: [4])
  }

  @Test func wideResidualNetwork() throws {
    let model = WideResNet(depth: 10, width: 1, outputs: 10)
    let method = Self.method(Momentum(learningRate: 0.01)) { $0.gradientRule = SAM() }
    try Self.compare(Self.digits.get(), model: model, method: method, within: 1e-9, devices: [4])
  }

  @Test func chunksComputeTheSame() throws {
    let whole = try Self.run(Self.digits.get(), model: Self.mlp, method: Self.method(), devices: 4)
    let parts = try Self.run(
      Self.digits.get(), model: Self.mlp, method: Self.method(), devices: 4,
      options: FitOptions(
        partialBatch: .pad, evaluatesBeforeTraining: true, chunksPerEpoch: 3, evaluationBatch: 40))
    #expect(whole.bytes == parts.bytes)
    #expect(whole.metrics == parts.metrics)
  }
}
