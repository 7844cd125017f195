import Foundation
import Plans
import TestSupport
import Testing

@Suite(.tags(.engine)) struct RunTests {
  private static let digits = Result { try SyntheticDigits.generate(trainCount: 60, testCount: 20) }

  private func configuration(_ texts: [String: String]) throws -> RunConfiguration {
    try Arm("test", texts).configuration(base: [], seed: 3)
  }

  @Test func aRunTrainsWhatIsConfigured() throws {
    let data = try Self.digits.get()
    let texts = [
      "model": "mlp(hidden: [8], activation: mish)", "optimizer": "adam(learningRate: 0.01)", "epochs": "2",
      "batchSize": "25",
      "examples": "55", "partialBatch": "pad", "evaluateBeforeTraining": "true", "dtype": "float64",
    ]
    let (trainer, history) = try Run(configuration(texts), data: data).train()
    #expect(history.epochs.map(\.epoch) == [0, 1, 2])
    // 55 examples make two batches of 25 and one of 5.
    #expect(history.epochs.map(\.step) == [0, 3, 6])
    #expect(history.epochs.allSatisfy { $0["val_loss"]?.isFinite == true && $0["accuracy"] != nil })
    #expect(trainer.precision == .float64)
    #expect(trainer.outputType == TensorType(.float64, [1, 10]))
    #expect(trainer.state.parameters["dense1/kernel"]?.shape == [784, 8])

    let again = try Run(configuration(texts), data: data).train(chunks: 3).history
    #expect(again.epochs.map(\.metrics) == history.epochs.map(\.metrics))
    let resident = try ResidentPair(data, examples: 55)
    #expect(resident.train.count == 55)
    let shared = try Run(configuration(texts), data: data).train(on: resident).history
    #expect(shared.epochs.map(\.metrics) == history.epochs.map(\.metrics))
  }

  /// A run finds the levels itself, the same each time.
  @Test func adaFloodRunsFromItsConfiguration() throws {
    let texts = [
      "model": "mlp(hidden: [8])", "optimizer": "adam(learningRate: 0.02)", "epochs": "4", "batchSize": "20",
      "loss": "adaFlood(loss: softmaxCrossEntropy, gamma: 0.1, folds: 2)",
    ]
    let history = try Run(configuration(texts), data: Self.digits.get()).train().history
    #expect(
      try Run(configuration(texts), data: Self.digits.get()).train().history.epochs.map(\.metrics)
        == history.epochs.map(\.metrics))
    var plain = texts
    plain["loss"] = "softmaxCrossEntropy"
    let unflooded = try Run(configuration(plain), data: Self.digits.get()).train().history
    #expect(unflooded.epochs[3]["val_loss"] != history.epochs[3]["val_loss"])
    #expect(history.epochs[3]["val_accuracy"] != nil)
  }

  /// `dtype: bfloat16` computes in it with parameters that small updates aren't lost in.
  @Test(arguments: [("float32", Precision.float32), ("bfloat16", .bfloat16), ("float64", .float64)])
  func networksOfImagesRunInEachPrecision(_ dtype: String, _ precision: Precision) throws {
    let texts = [
      "model": "nineConv(filters: [2, 3], repeats: 1)", "gradientRule": "sam(state: second)", "epochs": "1",
      "batchSize": "20",
      "examples": "40", "dtype": dtype,
    ]
    let (trainer, history) = try Run(configuration(texts), data: Self.digits.get()).train()
    #expect(trainer.precision == precision)
    #expect(trainer.state.parameters.types.allSatisfy { $0.dtype == precision.parameters })
    #expect(history.epochs[0]["val_loss"]?.isFinite == true)
  }

  @Test func bytesBecomeFractionsInSinglePrecision() throws {
    let data = try Self.digits.get()
    let trainer = try Run(configuration(["dtype": "float64"]), data: data).trainer().trainer
    let bytes = try HostArray([0, 1, 128, 255] as [UInt8], shape: [1, 4])
    let scaled = trainer.method.preprocessing(Tensor(bytes), dtype: .float64)
    #expect(try scaled.values(as: Double.self) == [0, Double(Float(1) / 255), Double(Float(128) / 255), 1])
  }

  @Test func valuesHaveAsManyOutputs() throws {
    let inputs = try HostArray((0..<12).map { Double($0) / 10 }, shape: [6, 2])
    let targets = try HostArray((0..<18).map { Double($0) / 10 }, shape: [6, 3])
    let arrays = try LabeledArrays(inputs: inputs, targets: targets)
    let pair = DatasetPair(train: arrays, test: arrays, name: "plane", origin: "here")
    let texts = ["loss": "meanSquaredError", "metrics": "meanAbsoluteError", "batchSize": "3", "epochs": "1"]
    let (trainer, history) = try Run(configuration(texts), data: pair).train()
    #expect(trainer.outputType.shape == [1, 3])
    #expect(history.epochs[0]["val_meanAbsoluteError"]?.isFinite == true)
  }

  /// Two classes have one logit where the loss says yes or no, and two where it knows classes.
  @Test func twoClassesAreOneYesOrNo() throws {
    var random = NumPyRandomState(seed: 2)
    let inputs = try HostArray(random.randn(400).map { Float($0) }, shape: [200, 2])
    let values = try inputs.values(as: Float.self)
    let labels = try HostArray((0..<200).map { Int32(values[2 * $0] > 0.3 ? 1 : 0) })
    let arrays = try LabeledArrays(inputs: inputs, targets: labels, classCount: 2)
    let pair = DatasetPair(train: arrays, test: arrays, name: "halves", origin: "here")
    for (loss, outputs, metric) in [
      ("binaryCrossEntropy", 1, "val_binaryAccuracy"), ("softmaxCrossEntropy", 2, "val_accuracy"),
    ] {
      let texts = [
        "loss": loss, "batchSize": "20", "epochs": "10", "optimizer": "adam(learningRate: 0.01)",
        "model": "mlp(hidden: [8])",
      ]
      let (trainer, history) = try Run(configuration(texts), data: pair).train()
      #expect(trainer.outputType.shape == [1, outputs])
      let right = zip(try trainer.predictClasses(inputs), try arrays.labels()).count { $0 == Int($1) }
      #expect(abs((history.epochs[9][metric] ?? .nan) - Double(right) / 200) < 1e-6)
      #expect(right > 180)
    }
  }

  @Test func numbersThatArentFiniteAreNamed() throws {
    let good = try LabeledArrays(
      inputs: HostArray([Float](repeating: 1, count: 12), shape: [6, 2]),
      targets: HostArray([Float](repeating: 1, count: 6), shape: [6, 1]))
    let bad = try LabeledArrays(
      inputs: HostArray([1, 1, 1, Float.nan, 1, 1, 1, 1, 1, 1, 1, 1], shape: [6, 2]), targets: good.targets)
    let texts = ["loss": "meanSquaredError", "batchSize": "3", "epochs": "1"]
    let pair = DatasetPair(train: good, test: bad, name: "holes", origin: "here")
    let error = #expect(throws: TrainingError.self) { try Run(configuration(texts), data: pair).train() }
    #expect(error?.description.hasPrefix("the inputs of the test data hold nan at [1, 1]") == true)
    let series = try LabeledArrays(inputs: bad.inputs, targets: bad.inputs)
    let experiment = try configuration(["experiment": "reservoirPrediction(units: 10, washout: 1)"])
    #expect(throws: TrainingError.self) {
      try experiment.runExperiment(on: DatasetPair(train: series, test: series, name: "holes", origin: "here"))
    }
  }

  @Test func whatCantBeIsAnError() throws {
    let data = try Self.digits.get()
    var negative = RunConfiguration()
    negative.seed = -1
    #expect(throws: ConfigurationError.self) { try Run(negative, data: data).trainer() }
    #expect(throws: TrainingError.batchLargerThanData(batchSize: 100, count: 60)) {
      try Run(configuration(["epochs": "1"]), data: data).train()
    }
  }

  private struct Draws: Decodable {
    struct Kernel: Decodable {
      let shape: [Int]
      let first, last: [Double]
      let sum_of_squares: Double
    }
    struct Order: Decodable { let first, last: [Int32] }
    let kernels: [Kernel]
    let orders: [Order]
  }

  /// The kernels of 784-100-50-10 in the layers' order, then the epochs' shuffles, from one stream.
  @Test func numPyDrawsAsItsLegacyGenerator() throws {
    let draws = try Bundle.module.decodeFixture("numpy_draws", as: Draws.self)
    let configuration = try #require(Recipe(named: "numpy-replay").plan().runs().first).configuration
    let (trainer, options) = try Run(configuration, data: Self.digits.get()).trainer()
    for (index, expected) in draws.kernels.enumerated() {
      let kernel = try #require(trainer.state.parameters["dense\(index + 1)/kernel"])
      let values = try kernel.values(as: Double.self)
      #expect(kernel.shape.dimensions == expected.shape)
      for (found, drawn) in [(values.prefix(5), expected.first), (values.suffix(5), expected.last)] {
        #expect(zip(found, drawn).allSatisfy { ($0 - $1).magnitude <= 1e-16 }, "\(Array(found)), not \(drawn)")
      }
      #expect((values.reduce(0) { $0 + $1 * $1 } - expected.sum_of_squares).magnitude < 1e-10)
      let bias = try #require(trainer.state.parameters["dense\(index + 1)/bias"])
      #expect(try bias.values(as: Double.self).allSatisfy { $0 == 0 })
    }
    for (epoch, expected) in draws.orders.enumerated() {
      let order = try options.order.indices(count: 60_000, epoch: epoch, key: Key(seed: 0)).values(as: Int32.self)
      #expect(Array(order.prefix(10)) == expected.first)
      #expect(Array(order.suffix(10)) == expected.last)
    }
  }
}
