import Training

/// A small training drawn at random.
struct DrawnTraining: CustomStringConvertible {
  let model: Sequential
  let optimizer: any Optimizer
  let train: LabeledArrays
  let test: LabeledArrays
  let batchSize: Int
  let partialBatch: PartialBatch
  let seed: UInt64
  let description: String
  let epochs = 3

  init(seed: UInt32) throws {
    var random = NumPyRandomState(seed: seed)
    func pick<Value>(_ values: [Value]) -> Value { values[Int(random.uniform(0, Double(values.count)))] }
    let width = pick([5, 24, 33, 64, 128, 512])
    let models: [String: Sequential] = [
      "mlp": Sequential {
        Dense(width); ReLU(); Dense(4)
      },
      "normalized": Sequential {
        Dense(width); BatchNorm(.keras, activation: ReLU()); Dropout(0.2); Dense(4)
      },
      "recurrent": Sequential {
        Reshape([4, 6]); Recurrent(GRUCell(width)); Dense(4)
      },
    ]
    let name = pick(models.keys.sorted())
    model = models[name] ?? Sequential {}
    optimizer = pick(
      [SGD(learningRate: 0.1), Momentum(learningRate: 0.05), Adam(learningRate: 0.01)] as [any Optimizer])
    let (trainCount, testCount) = (pick([60, 200, 333, 1000]), pick([7, 200, 400, 1000, 1001]))
    batchSize = pick([trainCount, trainCount / 2, trainCount / 4, trainCount / 5 - 1])
    partialBatch = pick(PartialBatch.allCases)
    self.seed = UInt64(seed)
    let inputs = random.randn(24 * (trainCount + testCount)).map { Float($0) }
    // A class that can be learned: where the greatest of the first numbers is.
    let labels = (0..<trainCount + testCount).map { example in
      let first = inputs[24 * example..<24 * example + 4]
      return Int32((first.firstIndex(of: first.max() ?? 0) ?? first.startIndex) - first.startIndex)
    }
    func part(_ range: Range<Int>) throws -> LabeledArrays {
      try LabeledArrays(
        inputs: HostArray(Array(inputs[24 * range.lowerBound..<24 * range.upperBound]), shape: [range.count, 24]),
        targets: HostArray(Array(labels[range])), classCount: 4)
    }
    train = try part(0..<trainCount)
    test = try part(trainCount..<trainCount + testCount)
    description =
      "\(name) \(width), \(type(of: optimizer)), \(trainCount) examples in batches of \(batchSize), \(partialBatch), "
      + "\(testCount) test examples"
  }

  func trainer(seed other: UInt64? = nil) throws -> Trainer {
    try Trainer(
      model: model, method: Method(loss: SoftmaxCrossEntropy(), optimizer: optimizer), inputs: train.inputs,
      seed: other ?? seed)
  }

  /// Trains until all epochs are done.
  func fit(
    _ trainer: Trainer, chunks: Int = 1, evaluationBatch: Int = 1000, callbacks: [any Callback] = []
  ) throws {
    _ = try trainer.fit(
      train, epochs: epochs - trainer.epoch, batchSize: batchSize, validation: test,
      options: FitOptions(partialBatch: partialBatch, chunksPerEpoch: chunks, evaluationBatch: evaluationBatch),
      callbacks: callbacks)
  }

  /// What came of a training, to the bit: each epoch's metrics, then the state.
  func outcome(_ trainer: Trainer) throws -> DrawnOutcome {
    DrawnOutcome(
      metrics: trainer.history.epochs.map { Array($0.metrics.values) },
      state: try trainer.state.tree.pairs.map { try $0.tensor.hostArray().bytes })
  }

  func outcome(
    chunks: Int = 1, evaluationBatch: Int = 1000, callbacks: [any Callback] = []
  ) throws -> DrawnOutcome {
    let trainer = try trainer()
    try fit(trainer, chunks: chunks, evaluationBatch: evaluationBatch, callbacks: callbacks)
    return try outcome(trainer)
  }
}

struct DrawnOutcome: Equatable, Sendable {
  /// Loss, accuracy, validation loss, validation accuracy.
  let metrics: [[Double]]
  let state: [[UInt8]]
}
