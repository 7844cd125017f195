import Configuration
import Foundation
import PJRT
import TestSupport
import Testing

@testable import Training

/// Devices that keep a share of the optimizer's state each, against devices that keep all of it.
@Suite(.tags(.engine, .slow)) struct ShardedStateTests {
  typealias Outcome = (metrics: [[String: Double]], state: [String: [UInt8]], numbers: [Double])

  private static let options = FitOptions(partialBatch: .pad, chunksPerEpoch: 5, evaluationBatch: 40)

  private static func trainer(
    _ layout: OptimizerStateLayout, devices: Int = 4, model: any Layer = DataParallelTests.mlp, method: Method,
    precision: Precision = .float64
  ) throws -> Trainer {
    try Trainer(
      model: model, method: method, inputs: DataParallelTests.digits.get().train.inputs, precision: precision, seed: 5,
      devices: devices, optimizerState: layout)
  }

  @discardableResult private static func fit(
    _ trainer: Trainer, epochs: Int = 2, callbacks: [any Callback] = []
  ) throws -> History {
    let data = try DataParallelTests.digits.get()
    return try trainer.fit(
      data.train, epochs: epochs, batchSize: 40, validation: data.test, options: options, callbacks: callbacks)
  }

  /// Two epochs, and all numbers at the end, as a checkpoint has them.
  private static func run(
    _ layout: OptimizerStateLayout, devices: Int = 4, model: any Layer = DataParallelTests.mlp, method: Method,
    precision: Precision = .float64, callbacks: [any Callback] = []
  ) throws -> Outcome {
    try Engines.eightDevices.get().asShared {
      let trainer = try trainer(layout, devices: devices, model: model, method: method, precision: precision)
      let history = try fit(trainer, callbacks: callbacks)
      let tensors = try trainer.checkpoint().tensors
      let numbers = try tensors.values.flatMap {
        try Tensor($0).cast(to: .float64).values(as: Double.self)
      }
      return (history.metrics, Dictionary(uniqueKeysWithValues: tensors.map { ($0.key, $0.value.bytes) }), numbers)
    }
  }

  private static func compare(
    _ method: Method, model: any Layer = DataParallelTests.mlp, devices: Int = 4, precision: Precision = .float64,
    within tolerance: Double = 1e-12, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let (sharded, replicated) = (
      try run(.sharded, devices: devices, model: model, method: method, precision: precision),
      try run(.replicated, devices: devices, model: model, method: method, precision: precision)
    )
    #expect(scaledDistance(sharded.numbers, replicated.numbers) < tolerance, sourceLocation: sourceLocation)
    for (own, expected) in zip(sharded.metrics, replicated.metrics) {
      for (name, value) in expected {
        #expect(scaledDistance([own[name] ?? .nan], [value]) < tolerance, "\(name)", sourceLocation: sourceLocation)
      }
    }
  }

  /// Needs whole parameters: matrices, sums over rows and columns, or several steps of each.
  private static let unshardable = ["muon", "adafactor", "shampoo", "soap", "lbfgs"]

  @Test(arguments: Registry<any Optimizer>.all.names) func everyOptimizer(_ name: String) throws {
    let optimizer = try Registry<any Optimizer>.all.build(MethodSpec(name))
    let method = DataParallelTests.method(optimizer)
    guard Self.unshardable.contains(name) else { return try Self.compare(method) }
    try Engines.eightDevices.get().asShared {
      // On one device too, so that a configuration doesn't depend on the machine.
      for devices in [1, 4] {
        let error = #expect(throws: TrainingError.self) {
          try Self.trainer(.sharded, devices: devices, method: method)
        }
        #expect(error?.description.contains("'\(name)' needs whole parameters") == true)
      }
    }
  }

  /// What is added to an optimizer, and what else changes parameters.
  static let methods: [(name: String, method: Method)] = [
    ("clipped", DataParallelTests.method(Adam().preceded(by: ClipByGlobalNorm(0.1), ClipByNorm(0.05)))),
    ("keras lamb", DataParallelTests.method(LAMB(preset: .keras, weightDecay: 0.01))),
    ("limited lamb", DataParallelTests.method(LAMB(preset: .pytorchLamb))),
    ("lars", DataParallelTests.method(LARS(l2: 1e-4, layerAdaptationFilter: .all))),
    ("amsgrad", DataParallelTests.method(AdamW(amsgrad: true, weightDecayFilter: .all))),
    ("classical", DataParallelTests.method(Nesterov(form: .classical))),
    ("sam, ema", DataParallelTests.method(Adam()) { ($0.gradientRule, $0.averaging) = (SAM(), ExponentialAverage()) }),
    ("frozen", DataParallelTests.method(Adam()) { $0.freeze = try? PathFilter(including: ["^dense1/"]) }),
    (
      "rates",
      DataParallelTests.method(Adam()) {
        $0.learningRateFactors = [try? LearningRateFactor("bias", 2)].compactMap(\.self)
        ($0.layerDecay, $0.adjustsLearningRate) = (0.5, true)
      }
    ),
  ]

  @Test(arguments: methods.map(\.name)) func everySlot(_ name: String) throws {
    try Self.compare(#require(Self.methods.first { $0.name == name }).method)
  }

  /// Parameters that devices don't divide, some with fewer elements than devices; as people train, in single precision.
  @Test(arguments: [2, 8]) func sharesThatDoNotDivide(_ devices: Int) throws {
    let model = Sequential {
      Conv2D(3, size: 3)
      BatchNorm()
      ReLU()
      Flatten()
      CountingLinear(units: 10)
    }
    for optimizer in [Adam(), LAMB()] as [any Optimizer] {
      let method = DataParallelTests.method(optimizer)
      try Self.compare(method, model: model, devices: devices)
      try Self.compare(method, model: model, devices: devices, precision: .float32, within: 1e-4)
    }
  }

  /// What stands beyond a parameter's end has no part in norms, whatever an optimizer makes of it: 0/0 here.
  @Test func whatIsBeyondTheEndDoesNotCount() throws {
    let data = try Problems.regression(40)
    let network = Sequential {
      Dense(5)
      Tanh()
      Dense(2)
    }
    func run(_ layout: OptimizerStateLayout) throws -> [Double] {
      let method = Method(
        loss: MeanSquaredError(), optimizer: LAMB(epsilon: 0).preceded(by: ClipByGlobalNorm(0.5)))
      let trainer = try Trainer(
        model: network, method: method, inputs: data.inputs, precision: .float64, devices: 4, optimizerState: layout)
      try trainer.fit(data, epochs: 3, batchSize: 20)
      return try trainer.state.parameters.doubles()
    }
    try Engines.eightDevices.get().asShared {
      let (sharded, replicated) = (try run(.sharded), try run(.replicated))
      #expect(replicated.allSatisfy { $0.isFinite })
      #expect(scaledDistance(sharded, replicated) < 1e-12)
    }
  }

  @Test func theSameDevicesGiveTheSameBits() throws {
    let method = DataParallelTests.method(Adam())
    let (one, again) = (
      try Self.run(.sharded, model: DataParallelTests.cnn, method: method, precision: .float32),
      try Self.run(.sharded, model: DataParallelTests.cnn, method: method, precision: .float32)
    )
    #expect(one.state == again.state && one.metrics == again.metrics)
  }

  /// A third of an Adam's memory are parameters: each of four devices has them, and a quarter of the rest.
  @Test func eachDeviceHasItsShare() throws {
    try Engines.eightDevices.get().asShared {
      func bytes(_ layout: OptimizerStateLayout) throws -> (optimizer: [Int], arguments: Int, elements: Int) {
        let trainer = try Self.trainer(layout, method: DataParallelTests.method(Adam()), precision: .float32)
        try Self.fit(trainer, epochs: 1)
        let state = trainer.state.tree.pairs.filter { $0.path.hasPrefix("optimizer/") }
        let sizes = try (0..<4).map { device in
          try state.reduce(0) { try $0 + $1.tensor.perDevice()[device].bytes.count }
        }
        return (sizes, try #require(trainer.memoryUse?.arguments), trainer.state.parameters.elementCount)
      }
      let (sharded, replicated) = (try bytes(.sharded), try bytes(.replicated))
      let whole = 2 * 4 * replicated.elements
      #expect(replicated.optimizer == Array(repeating: whole, count: 4))
      // 784 x 24, 24, 24 x 10 and 10 numbers: the last are 12 on four devices.
      #expect(sharded.optimizer == Array(repeating: (whole + 2 * 4 * 2) / 4, count: 4))
      #expect(replicated.arguments - sharded.arguments == replicated.optimizer[0] - sharded.optimizer[0])
    }
  }

  /// Saved in the middle of an epoch with or without shares, continued with or without: as trained through.
  @Test func checkpointsDoNotKnowShares() throws {
    let folder = try TemporaryFolder()
    let method = DataParallelTests.method(Adam()) { $0.averaging = ExponentialAverage() }
    try Engines.eightDevices.get().asShared {
      let through = try Self.trainer(.sharded, model: DataParallelTests.cnn, method: method)
      try Self.fit(through)
      let expected = try through.checkpoint()
      let layouts: [(OptimizerStateLayout, Int)] = [
        (.sharded, 4), (.sharded, 2), (.sharded, 8), (.replicated, 1), (.replicated, 4), (.sharded, 1),
      ]
      for (name, saving) in [("sharded", layouts[0]), ("single", layouts[3])] {
        let saved = try Self.trainer(saving.0, devices: saving.1, model: DataParallelTests.cnn, method: method)
        #expect(throws: Stopped.self) {
          try Self.fit(saved, callbacks: [SavesAt(chunk: 7, folder: folder(name))])
        }
        for (layout, devices) in layouts {
          let resumed = try Self.trainer(layout, devices: devices, model: DataParallelTests.cnn, method: method)
          let checkpoint = try resumed.restore(from: folder(name))
          #expect(checkpoint.step == 7)
          try Self.fit(resumed, epochs: checkpoint.remainingEpochs)
          let found = try resumed.checkpoint()
          #expect(found.tensors.keys == expected.tensors.keys)
          if name == "sharded", (layout, devices) == layouts[0] { #expect(found.tensors == expected.tensors) }
          for (path, array) in expected.tensors {
            let (own, other) = (try #require(found.tensors[path]), array)
            #expect(own.shape == other.shape, "\(path)")
            let numbers = try [own, other].map { try Tensor($0).cast(to: .float64).values(as: Double.self) }
            #expect(scaledDistance(numbers[0], numbers[1]) < 1e-10, "\(name), \(layout) on \(devices): \(path)")
          }
        }
      }
      let other = try Self.trainer(
        .sharded, model: DataParallelTests.mlp, method: DataParallelTests.method(Adam()))
      #expect(throws: CheckpointError.self) { try other.restore(from: folder("sharded")) }
    }
  }

  /// A state that a callback keeps has all devices' shares.
  @Test func callbacksKeepAllShares() throws {
    let method = DataParallelTests.method(Adam()) { $0.adjustsLearningRate = true }
    func run(_ layout: OptimizerStateLayout) throws -> [Double] {
      try Engines.eightDevices.get().asShared {
        let trainer = try Self.trainer(layout, method: method)
        try Self.fit(trainer, callbacks: [BestParameters(monitor: "val_loss", mode: .max)])
        #expect(trainer.restoredEpoch == 1)
        try trainer.setLearningRateScale(0.5)
        try trainer.restore(trainer.state)
        try Self.fit(trainer, epochs: 1)
        return try trainer.state.parameters.doubles()
      }
    }
    #expect(try scaledDistance(run(.sharded), run(.replicated)) < 1e-12)
  }

  @Test func aGroupHasNothingToShare() throws {
    let method = DataParallelTests.method(Adam())
    try Engines.eightDevices.get().asShared {
      let trainers = try (0..<2).map { _ in try Self.trainer(.sharded, method: method) }
      #expect(throws: TrainingError.shardedGroup) { try TrainerGroup(trainers) }
      // On one device there are no shares.
      let single = try (0..<2).map { _ in try Self.trainer(.sharded, devices: 1, method: method) }
      #expect(try TrainerGroup(single).trainers.count == 2)
    }
  }

  /// A transform that promises what it doesn't keep.
  @Test func statesOfAnotherFormAreRefused() throws {
    try Engines.eightDevices.get().asShared {
      let error = #expect(throws: TrainingError.self) {
        try Self.trainer(.sharded, method: DataParallelTests.method(RowSums()))
      }
      #expect(error?.description.contains("its state 'rows/dense") == true)
    }
  }

  /// The gradients are added up whole, and parameters gathered: both once. No moment is.
  @Test func whatIsExchanged() throws {
    let folder = try TemporaryFolder()
    var locator = EngineLocator()
    locator.environment["TANREN_RECORD_PROGRAMS"] = folder("programs")
    try Engine(devices: 4, kernels: .all, locator: locator).asShared {
      let trainer = try Self.trainer(.sharded, method: DataParallelTests.method(Adam()), precision: .float32)
      try Self.fit(trainer, epochs: 1)
    }
    let texts = try FileManager.default.contentsOfDirectory(atPath: folder("programs")).map {
      try String(contentsOfFile: folder("programs/\($0)"), encoding: .utf8)
    }
    let steps = texts.filter { $0.contains("stablehlo.all_gather") }
    #expect(!steps.isEmpty)
    for step in steps {
      #expect(step.split(separator: "\"stablehlo.all_gather\"").count == 2)
      #expect(step.contains("-> (tensor<18816xf32>, tensor<24xf32>, tensor<240xf32>, tensor<12xf32>)"))
    }
  }
}

/// Keeps sums of rows, which a share doesn't have.
private struct RowSums: Optimizer, ShardableTransform {
  static let declaration = Declaration("rowSums", "sums of rows", standard: RowSums())
  var transform: any Transform { self }

  func initial(_ parameters: TensorTree) -> TensorTree {
    parameters.mapValues { $0.zerosLike().sum([-1], keepDims: true) }.nested(under: "rows")
  }

  func update(
    _ updates: TensorTree, state: TensorTree, context: UpdateContext
  ) -> (updates: TensorTree, state: TensorTree) { (updates, state) }
}
