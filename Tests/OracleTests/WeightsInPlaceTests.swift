import Testing
import Training

/// Programs that are called again and again with weights that change in place, at the size of a user's own data.
@Suite struct WeightsInPlaceTests {
  private static let digits = Result { try SyntheticDigits.generate(trainCount: 1000, testCount: 400) }

  private func fit(
    batchSize: Int, epochs: Int, chunks: Int = 1
  ) throws -> (trainer: Trainer, data: DatasetPair, history: History) {
    let data = try Self.digits.get()
    let trainer = try Trainer(
      model: MLP([64, 10], activation: ReLU(), kernel: .heNormal),
      method: Method(loss: SoftmaxCrossEntropy(), optimizer: SGD(learningRate: 0.5)) {
        $0.preprocessing = Rescaling(dividingBy: 255)
      },
      inputs: data.train.inputs)
    let history = try trainer.fit(
      data.train, epochs: epochs, batchSize: batchSize, validation: data.test,
      options: FitOptions(chunksPerEpoch: chunks))
    return (trainer, data, history)
  }

  @Test func anEpochOfOneStepTrains() throws {
    let last = try #require(fit(batchSize: 1000, epochs: 61).history.epochs.last)
    #expect(abs((last["loss"] ?? .nan) - 0.275) < 0.002)
    #expect(abs((last["val_accuracy"] ?? .nan) - 0.7825) < 0.006)
  }

  @Test func chunksOfOneStepTrainAsOneChunk() throws {
    let (one, five) = (try fit(batchSize: 200, epochs: 12), try fit(batchSize: 200, epochs: 12, chunks: 5))
    #expect(one.history.epochs.map(\.metrics) == five.history.epochs.map(\.metrics))
    #expect(abs((five.history.epochs.last?["loss"] ?? .nan) - 0.367) < 0.002)
    for (path, tensor) in one.trainer.state.tree.pairs {
      #expect(try tensor.hostArray() == five.trainer.state.tree[path]?.hostArray(), "\(path)")
    }
  }

  @Test func predictionsAndEvaluationsAreTheTrainedWeights() throws {
    let (trainer, data, history) = try fit(batchSize: 50, epochs: 1)
    let labels = try data.test.labels().map(Int.init)
    func score() throws -> Double {
      let classes = try trainer.predictClasses(data.test.inputs)
      return Double(zip(classes, labels).count { $0 == $1 }) / Double(labels.count)
    }
    let first = try score()
    #expect(abs(first - (history.epochs[0]["val_accuracy"] ?? .nan)) < 1e-6)
    let more = try trainer.fit(data.train, epochs: 14, batchSize: 50, validation: data.test)
    let last = try score()
    #expect(abs(last - 0.805) < 0.006 && last > first + 0.1)
    let (batch, parts) = (try trainer.evaluate(data.test), try trainer.evaluate(data.test, batchSize: 100))
    #expect(abs((batch["loss"] ?? .nan) - (parts["loss"] ?? .nan)) < 1e-5)
    for accuracy in [batch["accuracy"], parts["accuracy"], more.epochs.last?["val_accuracy"]] {
      #expect(abs((accuracy ?? .nan) - last) < 1e-6)
    }
  }
}
