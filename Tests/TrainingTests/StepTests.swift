import Testing

@testable import Training

@Suite struct StepTests {
  /// One step of gradient descent on a linear model with squared errors, computed by hand.
  @Test func aStepIsTheOneComputedByHand() throws {
    let data = try Problems.regression(4)
    let (kernel, bias) = ([0.5, -0.25, 0.1, 0.2, -0.3, 0.4], [0.05, -0.1])
    let parameters = TensorTree([("kernel", Tensor(kernel, shape: [3, 2])), ("bias", Tensor(bias))])
    let trainer = try Problems.trainer(
      data, model: Dense(2), loss: MeanSquaredError(), optimizer: SGD(learningRate: 0.1),
      metrics: [MeanAbsoluteError()],
      parameters: parameters)
    let history = try trainer.fit(data, epochs: 1, batchSize: 4, options: FitOptions(order: SequentialOrder()))

    let (x, t) = (try data.inputs.values(as: Double.self), try data.targets.values(as: Double.self))
    var (loss, error) = (0.0, 0.0)
    var (newKernel, newBias) = (kernel, bias)
    for example in 0..<4 {
      for output in 0..<2 {
        let sum = (0..<3).reduce(bias[output]) { $0 + x[3 * example + $1] * kernel[2 * $1 + output] }
        let difference = sum - t[2 * example + output]
        loss += difference * difference / 8
        error += difference.magnitude / 8
        let slope = 2 * difference / 8
        newBias[output] -= 0.1 * slope
        for input in 0..<3 { newKernel[2 * input + output] -= 0.1 * slope * x[3 * example + input] }
      }
    }
    let record = try #require(history.epochs.first)
    #expect(distance([record["loss"] ?? .nan, record["meanAbsoluteError"] ?? .nan], [loss, error]) < 1e-14)
    #expect(distance(try trainer.numbers(), newKernel + newBias) < 1e-14)
    #expect(trainer.step == 1)
    #expect(trainer.epoch == 1)
    #expect(record.step == 1)
  }

  /// The second epoch's rate is a tenth: the scheduled value is what scales the updates.
  @Test func schedulesSeeStepsAndBatches() throws {
    let data = try Problems.classes(6)
    let start = try Problems.trainer(data).state.parameters.doubles()
    // 0.1 for a batch of 2 is 0.3 for 6.
    let scaled = try Problems.trainer(data, optimizer: SGD(learningRate: BatchScaledSchedule(0.1, reference: 2)))
    let constant = try Problems.trainer(data, optimizer: SGD(learningRate: 0.3))
    for trainer in [scaled, constant] { _ = try trainer.fit(data, epochs: 1, batchSize: 6) }
    #expect(try distance(scaled.numbers(), constant.numbers()) < 1e-14)
    #expect(try distance(scaled.numbers(), start) > 1e-3)

    let stepped = try Problems.trainer(
      data, optimizer: SGD(learningRate: StepSchedule(0.1, milestones: [1], factor: 0)))
    _ = try stepped.fit(data, epochs: 1, batchSize: 3)
    let after = try stepped.numbers()
    #expect(distance(after, start) > 1e-3)
    _ = try stepped.fit(data, epochs: 2, batchSize: 3)
    #expect(try stepped.numbers() == after)
  }

  @Test func learningRatesAreRecordedWhereAskedFor() throws {
    let data = try Problems.classes(6)
    let options = FitOptions(evaluatesBeforeTraining: true, recordsLearningRate: true)
    let rate = StepSchedule(0.5, milestones: [1, 2], factor: 0.5)
    let trainer = try Problems.trainer(data, optimizer: Adam(learningRate: rate))
    let history = try trainer.fit(data, epochs: 3, batchSize: 2, validation: data, options: options)
    #expect(history.values("learning_rate").map(\.value) == [0.5, 0.5, 0.25, 0.125])
    #expect(Array(history.epochs[1].metrics.keys) == ["loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"])
    let plain = try Problems.trainer(data).fit(data, epochs: 1, batchSize: 2)
    #expect(plain.epochs[0]["learning_rate"] == nil)
    // An optimizer without a rate has none to record.
    let own = try Problems.trainer(data, optimizer: SignedSteps()).fit(data, epochs: 1, batchSize: 2, options: options)
    #expect(own.epochs[1]["learning_rate"] == nil)
  }

  @Test(arguments: [DType.bfloat16, .float16])
  func sumsOfHalfPrecisionAreExact(_ dtype: DType) throws {
    // 301 of 903 examples: as a sum in bfloat16 it would be 300 or 304.
    let data = try Problems.classes(903, dtype: .float32)
    let zeros = TensorTree([
      ("kernel", Tensor.zeros([2, 3], dtype: dtype)), ("bias", Tensor([1.0, 0, 0]).cast(to: dtype)),
    ])
    let method = Method(loss: SoftmaxCrossEntropy(), optimizer: SGD(learningRate: 0))
    let trainer = try Trainer(
      model: Dense(3), method: method, inputs: data.inputs, precision: Precision(parameters: dtype, computation: dtype),
      parameters: zeros)
    let history = try trainer.fit(data, epochs: 1, batchSize: 903, validation: data)
    #expect(history.epochs[0]["accuracy"] == 1 / 3.0)
    #expect(history.epochs[0]["val_accuracy"] == 1 / 3.0)
  }
}
