import Testing

@testable import Training

/// With a rate of 0 an epoch's means are those of fixed parameters.
@Suite struct PartialBatchTests {
  private func standing(_ data: LabeledArrays, loss: any Loss = SoftmaxCrossEntropy()) throws -> Trainer {
    try Problems.trainer(data, loss: loss, optimizer: SGD(learningRate: 0))
  }

  private func options(_ partialBatch: PartialBatch) -> FitOptions {
    FitOptions(order: SequentialOrder(), partialBatch: partialBatch)
  }

  @Test func droppedExamplesDontCount() throws {
    let data = try Problems.classes(7)
    let trainer = try standing(data)
    let record = try trainer.fit(data, epochs: 1, batchSize: 3, options: options(.drop)).epochs[0]
    let expected = try trainer.evaluate(data.part(0..<6))
    #expect(record.step == 2)
    #expect(distance([record["loss"] ?? .nan], [expected["loss"] ?? .nan]) < 1e-14)
    #expect(record["accuracy"] == expected["accuracy"])
  }

  @Test func maskedMeansAreOverAllExamples() throws {
    let data = try Problems.classes(7)
    let trainer = try standing(data)
    let record = try trainer.fit(data, epochs: 1, batchSize: 3, options: options(.pad)).epochs[0]
    // By hand: the mean of the seven examples' own losses, not of the three batches'.
    let losses = try (0..<7).map { try trainer.evaluate(data.part($0..<$0 + 1)) }
    #expect(record.step == 3)
    #expect(distance([record["loss"] ?? .nan], [losses.reduce(0) { $0 + ($1["loss"] ?? .nan) } / 7]) < 1e-14)
    #expect(record["accuracy"] == losses.reduce(0) { $0 + ($1["accuracy"] ?? .nan) } / 7)
  }

  @Test func theMaskedBatchsGradientIsItsExamples() throws {
    let data = try Problems.classes(4)
    let masked = try Problems.trainer(data)
    _ = try masked.fit(data, epochs: 1, batchSize: 3, options: options(.pad))
    let separate = try Problems.trainer(data)
    _ = try separate.fit(data.part(0..<3), epochs: 1, batchSize: 3, options: options(.drop))
    _ = try separate.fit(data.part(3..<4), epochs: 1, batchSize: 1, options: options(.drop))
    #expect(distance(try masked.numbers(), try separate.numbers()) < 1e-14)
  }

  @Test func fullBatchesAreTheSameEitherWay() throws {
    let data = try Problems.classes(6)
    let (dropped, masked) = (try Problems.trainer(data), try Problems.trainer(data))
    let histories = [
      try dropped.fit(data, epochs: 1, batchSize: 3, options: options(.drop)),
      try masked.fit(data, epochs: 1, batchSize: 3, options: options(.pad)),
    ]
    #expect(histories[0].metrics == histories[1].metrics)
    #expect(try dropped.state.bytes() == masked.state.bytes())
  }

  /// Parts of a filled batch weigh what their true examples do.
  @Test func accumulationOfAFilledBatchIsTheWholeBatch() throws {
    let data = try Problems.classes(5)
    func run(_ rule: any GradientRule) throws -> (Trainer, History) {
      let trainer = try Problems.trainer(data, penalties: [L1L2(l2: 0.1)], rule: rule)
      return (trainer, try trainer.fit(data, epochs: 2, batchSize: 4, options: options(.pad)))
    }
    let (whole, parts) = (try run(PlainGradient()), try run(Accumulation(parts: 2)))
    #expect(distance(try whole.0.numbers(), try parts.0.numbers()) < 1e-14)
    for (one, other) in zip(whole.1.metrics, parts.1.metrics) {
      #expect(one["accuracy"] == other["accuracy"])
      #expect(distance([one["loss"] ?? .nan], [other["loss"] ?? .nan]) < 1e-14)
    }
  }
}
