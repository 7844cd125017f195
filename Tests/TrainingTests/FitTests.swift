import Testing

@testable import Training

@Suite struct FitTests {
  @Test func fitLearnsDigits() throws {
    let data = try Problems.digits.get()
    let trainer = try Trainer(
      model: MLP([32, 10]),
      method: Method(loss: SoftmaxCrossEntropy(), optimizer: SGD(learningRate: 0.2)) {
        $0.preprocessing = Rescaling(dividingBy: 255)
      },
      inputs: data.train.inputs)
    let history = try trainer.fit(
      data.train, epochs: 12, batchSize: 20, validation: data.test, options: FitOptions(evaluatesBeforeTraining: true))
    #expect(history.epochs.map(\.epoch) == Array(0...12))
    #expect(history.epochs.map(\.step) == (0...12).map { 15 * $0 })
    let (first, last) = (history.epochs[0], history.epochs[12])
    #expect((first["val_accuracy"] ?? 1) < 0.3)
    #expect((last["val_accuracy"] ?? 0) > 0.5)
    #expect((last["accuracy"] ?? 0) > 0.7)
    #expect((last["loss"] ?? 9) < (first["loss"] ?? 0) / 2)
    // What was recorded is what the trainer now says of itself.
    let now = try trainer.evaluate(data.test)
    #expect(now["accuracy"] == last["val_accuracy"])
    #expect(now["loss"] == last["val_loss"])
    #expect(history.epochs.allSatisfy { $0.evaluationSeconds >= 0 && $0.trainingSeconds >= 0 })
    #expect(last.trainingSeconds > 0)
  }

  @Test func theSeedDecidesEverything() throws {
    let data = try Problems.classes(20)
    func run(_ seed: UInt64) throws -> (History, [String: [UInt8]]) {
      let trainer = try Problems.trainer(
        data,
        model: Sequential {
          Dense(6); Tanh(); Dropout(0.3); Dense(3)
        }, optimizer: Adam(), seed: seed)
      return (try trainer.fit(data, epochs: 3, batchSize: 5, validation: data), try trainer.state.bytes())
    }
    let (one, again, other) = (try run(1), try run(1), try run(2))
    #expect(one.0.metrics == again.0.metrics)
    #expect(one.1 == again.1)
    #expect(one.0.metrics != other.0.metrics)
    #expect(one.1 != other.1)
  }

  @Test(arguments: [3, 100])
  func chunksComputeTheSame(_ chunks: Int) throws {
    let data = try Problems.classes(20)
    func run(_ chunks: Int) throws -> (History, [String: [UInt8]]) {
      let trainer = try Problems.trainer(data, optimizer: Adam(), averaging: ExponentialAverage(decay: 0.5))
      let options = FitOptions(partialBatch: .pad, chunksPerEpoch: chunks)
      return (try trainer.fit(data, epochs: 2, batchSize: 3, options: options), try trainer.state.bytes())
    }
    let (whole, parts) = (try run(1), try run(chunks))
    #expect(whole.0.metrics == parts.0.metrics)
    #expect(whole.1 == parts.1)
  }

  @Test func goingOnIsTheSameAsGoingThrough() throws {
    let data = try Problems.classes(20)
    func trainer() throws -> Trainer {
      try Problems.trainer(
        data,
        model: Sequential {
          Dense(6); Tanh(); Dropout(0.3); Dense(3)
        }, optimizer: Adam(learningRate: 0.01),
        averaging: Lookahead(every: 3))
    }
    let (through, inParts) = (try trainer(), try trainer())
    let whole = try through.fit(data, epochs: 3, batchSize: 6)
    let first = try inParts.fit(data, epochs: 2, batchSize: 6)
    let second = try inParts.fit(data, epochs: 1, batchSize: 6)
    #expect(whole.metrics == first.metrics + second.metrics)
    #expect((first.epochs + second.epochs).map(\.epoch) == [1, 2, 3])
    #expect((first.epochs + second.epochs).map(\.step) == [3, 6, 9])
    #expect(try through.state.bytes() == inParts.state.bytes())
    #expect(inParts.step == through.step)
    #expect(inParts.epoch == 3)
  }

  @Test func noEpochsOnlyEvaluate() throws {
    let data = try Problems.classes(20)
    let trainer = try Problems.trainer(data)
    let before = try trainer.state.bytes()
    let history = try trainer.fit(
      data, epochs: 0, batchSize: 6, validation: data, options: FitOptions(evaluatesBeforeTraining: true))
    #expect(history.epochs.map(\.epoch) == [0])
    #expect(history.epochs[0]["loss"] == history.epochs[0]["val_loss"])
    #expect(try trainer.state.bytes() == before)
    #expect(try trainer.fit(data, epochs: 0, batchSize: 6).epochs.isEmpty)
  }

  @Test func onlyUntrainedModelsHaveARecordZero() throws {
    let data = try Problems.classes(20)
    let trainer = try Problems.trainer(data)
    let options = FitOptions(evaluatesBeforeTraining: true)
    #expect(try trainer.fit(data, epochs: 1, batchSize: 6, options: options).epochs.map(\.epoch) == [0, 1])
    #expect(try trainer.fit(data, epochs: 1, batchSize: 6, options: options).epochs.map(\.epoch) == [2])
  }

  @Test func divergenceIsRecordedNotThrown() throws {
    let data = try Problems.regression(8)
    let trainer = try Problems.trainer(
      data, model: Dense(2), loss: MeanSquaredError(), optimizer: SGD(learningRate: 1e200), metrics: [])
    let history = try trainer.fit(data, epochs: 4, batchSize: 4, validation: data)
    #expect(history.epochs.count == 4)
    #expect(history.epochs[0].metrics.keys.elementsEqual(["loss", "val_loss"]))
    #expect(history.epochs[3]["loss"]?.isNaN == true)
    #expect(history.epochs[3]["val_loss"]?.isNaN == true)
  }

  @Test func aModelWithoutParametersIsOnlyEvaluated() throws {
    let data = try LabeledArrays(
      inputs: HostArray([3.0, 1, 0, 2, 5, 4], shape: [2, 3]), targets: HostArray([0, 2] as [Int32]), classCount: 3)
    let trainer = try Problems.trainer(data, model: ReLU())
    let history = try trainer.fit(data, epochs: 1, batchSize: 2)
    #expect(history.epochs[0]["accuracy"] == 0.5)
  }

  @Test func metricsOfOneNameAreToldApart() throws {
    let data = try Problems.classes(600)
    let trainer = try Problems.trainer(data, metrics: [TopKAccuracy(k: 1), TopKAccuracy(k: 2), Accuracy()])
    let record = try trainer.fit(data, epochs: 1, batchSize: 600, validation: data).epochs[0]
    #expect(Array(record.metrics.keys).prefix(4) == ["loss", "topKAccuracy", "topKAccuracy_2", "accuracy"])
    #expect(record["topKAccuracy"] == record["accuracy"])
    #expect(record["val_topKAccuracy_2"] ?? .nan > record["val_topKAccuracy"] ?? .nan)
  }
}
