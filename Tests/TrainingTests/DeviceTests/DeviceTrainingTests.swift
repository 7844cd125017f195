import Foundation
import PJRT
import TestSupport
import Testing

@testable import Training

/// What surrounds training on several devices: checkpoints, data read part by part, callbacks, programs, errors.
@Suite(.tags(.engine, .slow)) struct DeviceTrainingTests {
  private func onEightDevices<Value>(_ body: () throws -> Value) throws -> Value {
    try Engines.eightDevices.get().asShared(body)
  }

  private func trainer(
    _ data: DatasetPair, devices: Int, model: any Layer = DataParallelTests.cnn, precision: Precision = .float64,
    optimizer: any Optimizer = Adam(), _ configure: (inout Method) -> Void = { _ in }
  ) throws -> Trainer {
    try Trainer(
      model: model, method: DataParallelTests.method(optimizer, configure), inputs: data.train.inputs,
      precision: precision, seed: 3, devices: devices)
  }

  private static let options = FitOptions(partialBatch: .pad, chunksPerEpoch: 5, evaluationBatch: 40)

  /// Saved on four devices in the middle of an epoch, and continued on others: as one device trains through.
  @Test func checkpointsDoNotKnowDevices() throws {
    let data = try DataParallelTests.digits.get()
    let folder = try TemporaryFolder()
    try onEightDevices {
      let through = try trainer(data, devices: 1)
      let history = try through.fit(data.train, epochs: 2, batchSize: 40, validation: data.test, options: Self.options)
      let saved = try trainer(data, devices: 4)
      #expect(throws: Stopped.self) {
        try saved.fit(
          data.train, epochs: 2, batchSize: 40, validation: data.test, options: Self.options,
          callbacks: [SavesAt(chunk: 7, folder: folder("saved"))])
      }
      for devices in [1, 2, 4, 8] {
        let resumed = try trainer(data, devices: devices)
        let checkpoint = try resumed.restore(from: folder("saved"))
        #expect(checkpoint.step == 7)
        let rest = try resumed.fit(
          data.train, epochs: checkpoint.remainingEpochs, batchSize: 40, validation: data.test, options: Self.options)
        #expect(try distance(resumed.state.tree.doubles(), through.state.tree.doubles()) < 1e-10, "\(devices) devices")
        for (name, value) in history.metrics[1] {
          #expect(((rest.metrics.last?[name] ?? .nan) - value).magnitude < 1e-10, "\(devices) devices: \(name)")
        }
      }
    }
  }

  /// Bit for bit the numbers of data in memory: training, validation, and the statistics of an average.
  @Test func dataReadPartByPart() throws {
    let data = try DataParallelTests.digits.get()
    let folder = try TemporaryFolder()
    let pair = try streamed(data, in: folder)
    func trainer() throws -> Trainer {
      try self.trainer(data, devices: 4, precision: .float32) {
        $0.averaging = ExponentialAverage(decay: 0.5, statistics: .estimated)
        $0.metrics = [Accuracy(), ROCAUC()]
      }
    }
    try onEightDevices {
      let (whole, streamed) = (try trainer(), try trainer())
      let history = try whole.fit(data.train, epochs: 2, batchSize: 40, validation: data.test, options: Self.options)
      // Two batches a part: three on their way through the host, and two on each device.
      let memory = 2 * 40 * 784 * (3 + 2 * 4) + 100
      let found = try streamed.fit(
        ResidentData(streaming: pair.train, memory: memory), epochs: 2, batchSize: 40,
        validation: ResidentData(streaming: pair.test, memory: memory), options: Self.options)
      #expect(found.metrics == history.metrics)
      #expect(try streamed.state.bytes() == whole.state.bytes())
      for (path, tensor) in streamed.state.tree.pairs { #expect(try tensor.perDevice().count == 4, "\(path)") }
      #expect(throws: TrainingError.self) {
        try streamed.fit(ResidentData(streaming: pair.train, memory: 40 * 784 * 10), epochs: 1, batchSize: 40)
      }
      #expect(throws: TrainingError.self) {
        try streamed.evaluate(ResidentData(streaming: pair.test, memory: 40 * 784 * 10), batchSize: 40)
      }
    }
  }

  private func streamed(_ data: DatasetPair, in folder: TemporaryFolder) throws -> StreamedPair {
    try FileManager.default.createDirectory(atPath: folder("shards"), withIntermediateDirectories: true)
    for (part, arrays) in [("train", data.train), ("test", data.test)] {
      try NPY.write(arrays.inputs, to: folder("shards/x_\(part)-0.npy"))
      try NPY.write(arrays.targets, to: folder("shards/y_\(part).npy"))
    }
    return try NPYSource(path: folder("shards")).stream(from: DataFolders(), progress: nil)
  }

  /// Outputs, classes and probabilities in the order of the inputs, whatever the batch: by one program on all devices where
  /// these divide it.
  @Test func predictionsAreThoseOfOneDevice() throws {
    let data = try DataParallelTests.digits.get()
    let folder = try TemporaryFolder()
    var locator = EngineLocator()
    locator.environment["TANREN_RECORD_PROGRAMS"] = folder("programs")
    let inputs = data.test.inputs
    try Engine(devices: 4, kernels: .all, locator: locator).asShared {
      let (one, four) = (try trainer(data, devices: 1), try trainer(data, devices: 4))
      func numbers(_ array: HostArray) throws -> [Double] {
        try Tensor(array).cast(to: .float64).values(as: Double.self)
      }
      for batch in [1000, 40, 8, 30] {
        let (found, expected) = (
          try four.predict(inputs, batchSize: batch), try one.predict(inputs, batchSize: batch)
        )
        #expect(found.shape == [100, 10])
        #expect(try scaledDistance(numbers(found), numbers(expected)) < 1e-12)
        #expect(try four.predictClasses(inputs, batchSize: batch) == one.predictClasses(inputs, batchSize: batch))
        #expect(
          try scaledDistance(
            numbers(four.predictProbabilities(inputs, batchSize: batch)),
            numbers(one.predictProbabilities(inputs, batchSize: batch))) < 1e-12)
      }
      #expect(throws: TrainingError.self) {
        try four.predict(ArrayReader(inputs), batchSize: 40, memory: 40 * 784 * 10)
      }
    }
    let texts = try FileManager.default.contentsOfDirectory(atPath: folder("programs")).map {
      try String(contentsOfFile: folder("programs/\($0)"), encoding: .utf8)
    }
    // Batches of 100, 40 and 8, of outputs, classes and probabilities.
    #expect(texts.filter { $0.contains("stablehlo.all_gather") }.count == 9)
  }

  /// Callbacks see one state, and what they change reaches all devices.
  @Test func callbacksChangeTheState() throws {
    let data = try DataParallelTests.digits.get()
    func run(_ devices: Int) throws -> (History, [Double], Int?) {
      let trainer = try trainer(data, devices: devices, model: DataParallelTests.mlp) { $0.adjustsLearningRate = true }
      let history = try trainer.fit(
        data.train, epochs: 5, batchSize: 40, validation: data.test, options: Self.options,
        callbacks: [
          ReduceOnPlateau(monitor: "val_loss", factor: 0.1, patience: 0, minDelta: 10),
          BestParameters(monitor: "val_accuracy"),
        ])
      return (history, try trainer.state.tree.doubles(), trainer.restoredEpoch)
    }
    try onEightDevices {
      let (one, several) = (try run(1), try run(4))
      #expect(distance(several.1, one.1) < 1e-10)
      #expect(several.2 == one.2)
      #expect(several.0.metrics.count == 5)
    }
  }

  @Test func evaluationIsThatOfOneDevice() throws {
    let data = try DataParallelTests.digits.get()
    try onEightDevices {
      let (one, four) = (
        try trainer(data, devices: 1) { $0.metrics = [Accuracy(), ROCAUC(), F1Score()] },
        try trainer(data, devices: 4) { $0.metrics = [Accuracy(), ROCAUC(), F1Score()] }
      )
      let folder = try TemporaryFolder()
      let parts = try ResidentData(streaming: streamed(data, in: folder).test, memory: 60 * 784 * (3 + 2 * 4))
      for batch in [1000, 40, 8, 30] {
        let expected = try one.evaluate(data.test, batchSize: batch)
        let found = [
          try four.evaluate(data.test, batchSize: batch), batch > 60 ? nil : try four.evaluate(parts, batchSize: batch),
        ]
        for found in found.compactMap(\.self) {
          #expect(found.keys == expected.keys)
          for (name, value) in expected { #expect(((found[name] ?? .nan) - value).magnitude < 1e-12, "\(name)") }
        }
      }
    }
  }

  /// Each device calls the kernels on its own part of a batch; what is exchanged are sums.
  @Test func kernelsStayOnTheirDevices() throws {
    let data = try DataParallelTests.digits.get()
    let folder = try TemporaryFolder()
    var locator = EngineLocator()
    locator.environment["TANREN_RECORD_PROGRAMS"] = folder("programs")
    let engine = try Engine(devices: 4, kernels: .all, locator: locator)
    try engine.asShared {
      _ = try trainer(data, devices: 4, precision: .float32).fit(data.train, epochs: 1, batchSize: 40)
    }
    let texts = try FileManager.default.contentsOfDirectory(atPath: folder("programs")).map {
      try String(contentsOfFile: folder("programs/\($0)"), encoding: .utf8)
    }
    let step = try #require(texts.first { $0.contains("stablehlo.all_reduce") })
    #expect(step.contains("replica_groups = dense<[[0, 1, 2, 3]]> : tensor<1x4xi64>"))
    #expect(step.contains("stablehlo.replica_id"))
    #expect(!step.contains("all_gather"))
    // Ten examples of forty each; the first convolution's images, and their gradients.
    #expect(!step.contains("tensor<40x28x28"))
    if engine.kernels.contains(.convolution) {
      let calls = step.split(separator: "\n").filter { $0.contains("custom_call @tanren.convolution") }
      #expect(calls.count >= 4)
      #expect(calls.allSatisfy { $0.contains("tensor<10x") })
    }
  }

  @Test func moreDevicesThanThereAre() throws {
    let data = try DataParallelTests.digits.get()
    try onEightDevices {
      let error = #expect(throws: TrainingError.tooFewDevices(wanted: 9, found: 8)) { try trainer(data, devices: 9) }
      #expect(error?.description.contains("--devices 9") == true)
      #expect(throws: TrainingError.invalidSetting(name: "devices", value: 0, requirement: "1 or more")) {
        try trainer(data, devices: 0)
      }
      let uneven = #expect(throws: TrainingError.unevenBatch(batchSize: 30, devices: 4)) {
        try trainer(data, devices: 4).fit(data.train, epochs: 1, batchSize: 30)
      }
      #expect(uneven?.description.contains("a multiple of 4") == true)
    }
  }
}
