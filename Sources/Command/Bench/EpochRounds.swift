import Tanren

/// `fit`, whose epochs wait for the harness: a round is an epoch, with its evaluation if there is test data.
final class EpochRounds: Callback {
  private let worker: BenchWorker
  private let data: String
  /// What a round counts as.
  private let units: Int
  private let clock = ContinuousClock()
  /// When the round began; nil for the first, which isn't counted.
  private var start: ContinuousClock.Instant?

  /// - Parameters:
  ///   - data: what the data is called.
  ///   - units: 1 for an epoch, the number of its steps if these are measured.
  init(_ worker: BenchWorker, data: String, units: Int = 1) {
    (self.worker, self.data, self.units) = (worker, data, units)
  }

  func run(_ trainer: Trainer, train: LabeledArrays, test: LabeledArrays? = nil, batchSize: Int) throws {
    _ = try trainer.fit(
      train, epochs: 1_000_000, batchSize: batchSize, validation: test, options: FitOptions(evaluationBatch: 1000),
      callbacks: [self])
  }

  /// `mnist-epoch`.
  func run(train: LabeledArrays, test: LabeledArrays) throws {
    var method = BenchModel.method
    method.preprocessing = Rescaling(dividingBy: 255)
    let layers = Sequential {
      Flatten()
      MLP(Array(BenchModel.units.dropFirst()), activation: ReLU(), kernel: .heNormal)
    }
    try run(
      Trainer(model: layers, method: method, inputs: train.inputs), train: train, test: test,
      batchSize: BenchModel.batch)
  }

  /// Training steps of a convolutional network.
  func run(_ network: BenchNetwork, _ method: Method, precision: Precision) throws {
    let data = try network.data()
    let trainer = try Trainer(model: network.model, method: method, inputs: data.inputs, precision: precision)
    try run(trainer, train: data, batchSize: network.batch)
  }

  func epochEnded(_ record: EpochRecord, in trainer: Trainer) throws -> CallbackAction {
    if let start {
      let seconds = (clock.now - start) / .seconds(1) / Double(units)
      let loss = record["val_loss"] ?? record["loss"] ?? .nan
      let accuracy = record["val_accuracy"].map { ", \"accuracy\": \(BenchWorker.number($0))" } ?? ""
      worker.say("\"seconds\": \(seconds), \"units\": \(units), \"loss\": \(BenchWorker.number(loss))\(accuracy)")
    } else {
      worker.ready(data: data)
    }
    guard worker.isAskedForRound() else { return .stop(reason: "the benchmark is over") }
    start = clock.now
    return .continue
  }
}
