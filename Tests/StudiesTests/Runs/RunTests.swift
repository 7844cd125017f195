import Foundation
import Studies
import Testing

@Suite struct RunTests {
  private static let digits = Result { try SyntheticDigits.generate(trainCount: 60, testCount: 20) }

  private func configuration(_ texts: [String: String]) throws -> RunConfiguration {
    try Arm("test", texts).configuration(base: [], seed: 3)
  }

  @Test func aRunTrainsWhatIsConfigured() throws {
    let data = try Self.digits.get()
    let texts = [
      "model": "mlp(hidden: [8], activation: mish)", "optimizer": "adam(rate: 0.01)", "epochs": "2", "batch": "25",
      "examples": "55", "remainder": "masked", "untrained": "true", "dtype": "float64",
    ]
    let (trainer, history) = try Run(configuration(texts), data: data).train()
    #expect(history.epochs.map(\.epoch) == [0, 1, 2])
    // 55 examples make two batches of 25 and one of 5.
    #expect(history.epochs.map(\.step) == [0, 3, 6])
    #expect(history.epochs.allSatisfy { $0["val_loss"]?.isFinite == true && $0["accuracy"] != nil })
    #expect(trainer.dtype == .float64)
    #expect(trainer.outputType == TensorType(.float64, [1, 10]))
    #expect(trainer.state.parameters["dense1/kernel"]?.shape == [784, 8])

    let again = try Run(configuration(texts), data: data).train(chunks: 3).history
    #expect(again.epochs.map(\.metrics) == history.epochs.map(\.metrics))
    let resident = try ResidentPair(data, examples: 55)
    #expect(resident.train.count == 55)
    let shared = try Run(configuration(texts), data: data).train(on: resident).history
    #expect(shared.epochs.map(\.metrics) == history.epochs.map(\.metrics))
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
    let texts = ["loss": "meanSquaredError", "metrics": "meanAbsoluteError", "batch": "3", "epochs": "1"]
    let (trainer, history) = try Run(configuration(texts), data: pair).train()
    #expect(trainer.outputType.shape == [1, 3])
    #expect(history.epochs[0]["val_meanAbsoluteError"]?.isFinite == true)
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
  @Test func numPyDrawsAsArticle2Does() throws {
    let url = try #require(Bundle.module.url(forResource: "article2_draws", withExtension: "json", subdirectory: "Fixtures"))
    let draws = try JSONDecoder().decode(Draws.self, from: Data(contentsOf: url))
    let recipe = Article2Replay()
    let configuration = try recipe.arms[0].configuration(base: [Setting](recipe.base), seed: recipe.firstSeed)
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
