import Testing

@testable import Training

@Suite struct EvaluationTests {
  /// Outputs that are the inputs, so that losses can be computed by hand.
  private func data() throws -> LabeledArrays {
    try LabeledArrays(
      inputs: HostArray([0.0, 0.1, 3, 0.2, 2, 2, 0.5, 0.1, -1, 0.25], shape: [10, 1]),
      targets: HostArray([Double](repeating: 0, count: 10), shape: [10, 1]))
  }

  @Test(arguments: [1, 4, 5, 11])
  func anyBatchGivesTheSame(_ batch: Int) throws {
    let data = try data()
    let squares = [0.0, 0.01, 9, 0.04, 4, 4, 0.25, 0.01, 1, 0.0625]
    let mean = squares.reduce(0, +) / 10
    // The batches' means lie on both sides of the level 2, the whole mean below it.
    for (loss, expected) in [(MeanSquaredError() as any Loss, mean), (MeanSquaredError().flooded(at: 2), 4 - mean)] {
      let trainer = try Problems.trainer(data, model: Unchanged(), loss: loss, metrics: [MeanAbsoluteError()])
      let values = try trainer.evaluate(data, batchSize: batch)
      #expect(distance([values["loss"] ?? .nan, values["meanAbsoluteError"] ?? .nan], [expected, 0.915]) < 1e-14)
    }
  }

  @Test func validationUsesTheOptionsBatch() throws {
    let data = try Problems.classes(20)
    let records = try [7, 20].map { batch in
      try Problems.trainer(data).fit(
        data, epochs: 1, batchSize: 20, validation: data, options: FitOptions(evaluationBatch: batch)
      ).epochs[0]
    }
    for record in records {
      #expect(distance([record["val_loss"] ?? .nan], [records[0]["val_loss"] ?? .nan]) < 1e-14)
      #expect(record["val_accuracy"] == records[0]["val_accuracy"])
    }
  }

  /// Training reports flooded batches raw, and counts each batch's own level.
  @Test func floodingIsByBatchInTrainingAndByTheWholeInEvaluation() throws {
    let data = try Problems.classes(12)
    let plain = try Problems.trainer(data, optimizer: SGD(learningRate: 0))
    let flooded = try Problems.trainer(
      data, loss: SoftmaxCrossEntropy().flooded(at: 5, reporting: .flooded), optimizer: SGD(learningRate: 0))
    let order = FitOptions(order: SequentialOrder())
    let raw = try plain.fit(data, epochs: 1, batchSize: 4, validation: data, options: order).epochs[0]
    let turned = try flooded.fit(data, epochs: 1, batchSize: 4, validation: data, options: order).epochs[0]
    for name in ["loss", "val_loss"] {
      #expect(distance([turned[name] ?? .nan], [10 - (raw[name] ?? .nan)]) < 1e-13)
    }
  }

  @Test func penaltiesAreTrainingsOnly() throws {
    let data = try Problems.classes(12)
    let penalty = L1L2(l1: 0.01, l2: 0.1)
    let (plain, penalized) = (
      try Problems.trainer(data), try Problems.trainer(data, penalties: [penalty, penalty])
    )
    let kernels = try plain.state.parameters.filter { $0.hasSuffix("kernel") }.doubles()
    let expected = 2 * kernels.reduce(0) { $0 + 0.01 * $1.magnitude + 0.1 * $1 * $1 }
    #expect(try penalized.evaluate(data)["loss"] == plain.evaluate(data)["loss"])
    let losses = try [plain, penalized].map {
      try $0.fit(data, epochs: 1, batchSize: 12).epochs[0]["loss"] ?? .nan
    }
    #expect(distance([losses[1] - losses[0]], [expected]) < 1e-13)
  }

  @Test func averagedParametersAreEvaluated() throws {
    let data = try Problems.classes(12)
    let trainer = try Problems.trainer(data, averaging: ExponentialAverage(decay: 0.9))
    let record = try trainer.fit(data, epochs: 3, batchSize: 4, validation: data).epochs[2]
    let averaged = try Problems.trainer(data, parameters: trainer.variables.parameters)
    let raw = try Problems.trainer(data, parameters: trainer.state.parameters)
    #expect(try trainer.evaluate(data)["loss"] == averaged.evaluate(data)["loss"])
    #expect(record["val_loss"] == (try averaged.evaluate(data)["loss"]))
    #expect(try trainer.evaluate(data)["loss"] != raw.evaluate(data)["loss"])
    #expect(try trainer.predict(data.inputs).bytes == averaged.predict(data.inputs).bytes)
    // By hand: 0.9 of the average and 0.1 of each new value, from the first step's on.
    let steps = try Problems.trainer(data)
    var average: [Double] = []
    for epoch in 0..<3 {
      for step in 0..<3 {
        // One step at a time, on the batch that the order gives it.
        let order = try ShuffledOrder().indices(count: 12, epoch: epoch, key: steps.key).values(as: Int32.self)
        let batch = try data.records(at: order[step * 4..<step * 4 + 4].map(Int.init))
        _ = try steps.fit(batch, epochs: 1, batchSize: 4, options: FitOptions(order: SequentialOrder()))
        let now = try steps.numbers()
        average = average.isEmpty ? now : zip(average, now).map { 0.9 * $0 + 0.1 * $1 }
      }
    }
    #expect(distance(try trainer.variables.parameters.doubles(), average) < 1e-13)
  }
}

/// Outputs as the inputs are.
private struct Unchanged: Layer {
  func forward(_ x: Tensor, in scope: Scope) -> Tensor { x }

  /// The level of each step in training, of the last one in evaluation.
  @Test func floodingFollowsItsSchedule() throws {
    let data = try Problems.regression(12)
    let schedule = PiecewiseSchedule(100, [.init(from: 1, 3)])
    let flooded = MeanSquaredError().flooded(at: schedule, reporting: .flooded)
    // A rate of 0 keeps the loss L: below 100 in the first epoch, and below 3 in the second.
    func fit(_ loss: any Loss) throws -> (Trainer, [EpochRecord]) {
      let trainer = try Problems.trainer(
        data, model: Dense(2), loss: loss, optimizer: SGD(learningRate: 0), metrics: [])
      return (trainer, try trainer.fit(data, epochs: 2, batchSize: 12, validation: data).epochs)
    }
    let loss = try #require(fit(MeanSquaredError()).1.last?["loss"])
    let (trainer, records) = try fit(flooded)
    for (record, level) in zip(records, [100.0, 3]) {
      let expected = abs(loss - level) + level
      #expect(distance([record["loss"] ?? .nan, record["val_loss"] ?? .nan], [expected, expected]) < 1e-12)
    }
    #expect(try trainer.evaluate(data)["loss"] == records[1]["val_loss"])
  }
}
