import Tanren

/// `mnist-epoch`, variant `fit`: one call of `fit`, whose epochs wait for the harness.
final class EpochRounds: Callback {
  private let worker: BenchWorker
  private let data: String
  private let clock = ContinuousClock()
  /// When the round began; nil for the first, which isn't counted.
  private var start: ContinuousClock.Instant?

  init(_ worker: BenchWorker, data: String) {
    (self.worker, self.data) = (worker, data)
  }

  func run(train: LabeledArrays, test: LabeledArrays) throws {
    var method = BenchModel.method
    method.preprocessing = Rescaling(dividingBy: 255)
    let layers = Sequential {
      Flatten()
      MLP(Array(BenchModel.units.dropFirst()), activation: ReLU(), kernel: .heNormal)
    }
    let trainer = try Trainer(model: layers, method: method, inputs: train.inputs)
    _ = try trainer.fit(
      train, epochs: 1_000_000, batchSize: BenchModel.batch, validation: test,
      options: FitOptions(evaluationBatch: 1000), callbacks: [self])
  }

  func epochEnded(_ record: EpochRecord, _ trainer: Trainer) throws -> String? {
    if let start {
      let seconds = (clock.now - start) / .seconds(1)
      let (loss, accuracy) = (record["val_loss"] ?? .nan, record["val_accuracy"] ?? .nan)
      worker.say(
        "\"seconds\": \(seconds), \"units\": 1, \"loss\": \(BenchWorker.number(loss)), \"accuracy\": \(BenchWorker.number(accuracy))")
    } else {
      worker.ready(data: data)
    }
    guard worker.isAskedForRound() else { return "the benchmark is over" }
    start = clock.now
    return nil
  }
}
