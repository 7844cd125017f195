import Configuration
import TestSupport
import Testing

@testable import Training

/// Outputs, targets, loss and metrics through `fit`, in single precision.
@Suite(.tags(.engine)) struct OutputConventionTests {
  /// `count` examples of eight numbers, and a noisy linear function of them.
  private static func regression(_ count: Int, seed: UInt32 = 3) throws -> LabeledArrays {
    var random = NumPyRandomState(seed: seed)
    let inputs = random.randn(8 * count).map { Float($0) }
    let targets = (0..<count).map { row -> Float in
      var target: Float = 20
      for column in 0..<8 { target += inputs[8 * row + column] * Float(column - 3) }
      return target + Float(random.standardNormal())
    }
    return try LabeledArrays(
      inputs: HostArray(inputs, shape: [count, 8]), targets: HostArray(targets, shape: [count, 1]))
  }

  /// The same with 1 where the function is above a bound, which few are.
  private static func events(_ count: Int) throws -> LabeledArrays {
    let data = try regression(count)
    let bits = try data.targets.values(as: Float.self).map { Int32($0 > 25 ? 1 : 0) }
    return try LabeledArrays(inputs: data.inputs, targets: HostArray(bits))
  }

  private func trainer(
    _ data: LabeledArrays, _ loss: any Loss, _ metrics: [any Metric]? = nil, output: (any Activation)? = nil,
    outputs: Int = 1
  ) throws -> Trainer {
    try Trainer(
      model: MLP([16, outputs], output: output),
      method: Method(loss: loss, optimizer: Adam(learningRate: 0.01)) {
        if let metrics { $0.metrics = metrics }
      },
      inputs: data.inputs)
  }

  @Test func regressionIsMeasuredAsOne() throws {
    let (data, test) = (try Self.regression(600), try Self.regression(250, seed: 4))
    let trainer = try trainer(data, MeanSquaredError())
    let history = try trainer.fit(
      data, epochs: 20, batchSize: 50, validation: test, options: FitOptions(evaluationBatch: 100))
    let last = try #require(history.epochs.last)
    #expect(
      Array(last.metrics.keys) == ["loss", "meanAbsoluteError", "r2", "val_loss", "val_meanAbsoluteError", "val_r2"])
    let predicted = try trainer.predict(test.inputs).values(as: Float.self).map(Double.init)
    let targets = try test.targets.values(as: Float.self).map(Double.init)
    let mean = targets.reduce(0, +) / 250
    let residual = zip(predicted, targets).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    let spread = targets.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    #expect(distance([last["val_r2"] ?? .nan], [1 - residual / spread]) < 1e-5)
    #expect((0.5..<1).contains(last["val_r2"] ?? .nan))
    let absolute = zip(predicted, targets).reduce(0) { $0 + abs($1.0 - $1.1) } / 250
    #expect(distance([last["val_meanAbsoluteError"] ?? .nan], [absolute]) < 1e-4)
    // Parts of a batch add up to the same numbers as the batch.
    #expect(distance([try trainer.evaluate(test, batchSize: 60)["r2"] ?? .nan], [last["val_r2"] ?? .nan]) < 1e-6)
  }

  @Test func partsOfABatchAddUp() throws {
    let data = try Self.regression(120)
    let records = try [PlainGradient() as any GradientRule, Accumulation(parts: 3)].map { rule in
      let trainer = try Trainer(
        model: Dense(1),
        method: Method(loss: MeanSquaredError(), optimizer: SGD(learningRate: 0.01)) {
          $0.gradientRule = rule
        },
        inputs: data.inputs)
      return try trainer.fit(data, epochs: 1, batchSize: 60).epochs[0]
    }
    for name in ["loss", "meanAbsoluteError", "r2"] {
      #expect(distance([records[1][name] ?? .nan], [records[0][name] ?? .nan]) < 1e-4, "\(name)")
    }
  }

  @Test(arguments: [false, true])
  func aSingleLogitIsMeasuredAsOne(_ isProbability: Bool) throws {
    let data = try Self.events(500)
    let loss = BinaryCrossEntropy(of: isProbability ? .probabilities : .logits)
    let trainer = try trainer(data, loss, output: isProbability ? Sigmoid() : nil)
    let record = try #require(try trainer.fit(data, epochs: 3, batchSize: 50, validation: data).epochs.last)
    let labels = try data.targets.values(as: Int32.self).map(Int.init)
    let outputs = try trainer.predict(data.inputs).values(as: Float.self)
    let classes = outputs.map { $0 > (isProbability ? 0.5 : 0) ? 1 : 0 }
    let right = zip(classes, labels).count { $0 == $1 }
    #expect(distance([record["val_binaryAccuracy"] ?? .nan], [Double(right) / 500]) < 1e-6)
    #expect(try trainer.predictClasses(data.inputs) == classes)
    #expect(Set(classes) == [0, 1])
    // A threshold for the other kind of outputs would count another share.
    let other = zip(outputs, labels).count { ($0 > (isProbability ? 0 : 0.5) ? 1 : 0) == $1 }
    #expect(other != right)
  }

  @Test func oneOutputHasNoGreatest() throws {
    let (numbers, events) = (try Self.regression(100), try Self.events(100))
    func text(_ data: LabeledArrays, _ loss: any Loss, _ metrics: [any Metric]?, outputs: Int = 1) throws -> String {
      let made = try trainer(data, loss, metrics, outputs: outputs)
      let error = #expect(throws: TrainingError.self) { try made.fit(data, epochs: 1, batchSize: 50) }
      #expect(throws: TrainingError.self) { try made.evaluate(data) }
      return error?.description ?? ""
    }
    #expect(
      try text(numbers, MeanSquaredError(), [Accuracy()])
        == "the metric 'accuracy' doesn't fit a model with one output: meanAbsoluteError and r2 fit a number")
    #expect(try text(events, BinaryCrossEntropy(), [Accuracy()]).hasSuffix("binaryAccuracy fits a single yes or no"))
    #expect(try text(numbers, SoftmaxCrossEntropy(), nil).hasSuffix("meanSquaredError fits a number"))
    #expect(try text(numbers, BinaryCrossEntropy(), nil).contains("targets of the shape [1] from"))
    #expect(try text(events, MeanSquaredError(), nil, outputs: 2).hasSuffix("softmaxCrossEntropy fits class indices"))
    let single = try trainer(numbers, MeanSquaredError())
    #expect(throws: Diagnostic.self) { try single.predictClasses(numbers.inputs) }
  }

  @Test func logitsArentProbabilities() throws {
    let data = try Problems.classes(90, dtype: .float32)
    let logits = try Trainer(
      model: MLP([16, 3]), method: Method(loss: ProbabilityCrossEntropy(), optimizer: SGD()), inputs: data.inputs)
    let error = #expect(throws: TrainingError.self) { try logits.fit(data, epochs: 1, batchSize: 30) }
    #expect(error?.description.contains("'probabilityCrossEntropy', which takes probabilities of classes,") == true)
    #expect(error?.description.contains("softmaxCrossEntropy fits logits") == true)
    #expect(throws: TrainingError.self) { try logits.evaluate(data) }
    let probabilities = try Trainer(
      model: MLP([16, 3], output: Softmax()),
      method: Method(loss: ProbabilityCrossEntropy().flooded(at: 0.01), optimizer: SGD()),
      inputs: data.inputs)
    #expect(try probabilities.fit(data, epochs: 1, batchSize: 30).epochs[0]["loss"] ?? -1 > 0)
    // Events' probabilities don't add up to 1.
    let sigmoids = try Trainer(
      model: MLP([16, 3], output: Sigmoid()), method: Method(loss: ProbabilityCrossEntropy(), optimizer: SGD()),
      inputs: data.inputs)
    #expect(throws: TrainingError.self) { try sigmoids.fit(data, epochs: 1, batchSize: 30) }
    let events = try Self.events(60)
    #expect(throws: TrainingError.self) {
      try trainer(events, BinaryCrossEntropy(of: .probabilities)).fit(events, epochs: 1, batchSize: 30)
    }
    _ = try trainer(events, BinaryCrossEntropy(of: .probabilities), output: Sigmoid()).fit(
      events, epochs: 1, batchSize: 30)
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func numbersThatArentFiniteAreNamed(_ value: Float) throws {
    let good = try Self.regression(40)
    func spoiled(_ array: HostArray, _ places: [Int]) throws -> HostArray {
      var numbers = try array.values(as: Float.self)
      for place in places { numbers[place] = value }
      return try HostArray(numbers, shape: array.shape)
    }
    let inputs = try LabeledArrays(inputs: spoiled(good.inputs, [8 * 17 + 3, 200]), targets: good.targets)
    let targets = try LabeledArrays(inputs: good.inputs, targets: spoiled(good.targets, [39]))
    func text(_ training: LabeledArrays, _ validation: LabeledArrays) throws -> String? {
      let made = try trainer(good, MeanSquaredError())
      return #expect(throws: TrainingError.self) {
        try made.fit(training, epochs: 1, batchSize: 10, validation: validation)
      }?.description
    }
    #expect(
      try text(inputs, good)
        == "the inputs of the training data hold \(value) at [17, 3], the first of 2 such numbers: leave such records out, "
        + "or replace the numbers")
    #expect(try text(good, targets)?.hasPrefix("the targets of the validation data hold \(value) at [39, 0]:") == true)
    #expect(throws: TrainingError.self) { try trainer(good, MeanSquaredError()).evaluate(inputs) }
  }

  @Test(arguments: [DType.float16, .bfloat16, .float32, .float64])
  func everyFloatingPointTypeIsSearched(_ dtype: DType) throws {
    let numbers = Tensor([1, -65504, 0, 2, 3, 4], shape: [3, 2])
    #expect(try numbers.cast(to: dtype).hostArray().firstNonFinite == nil)
    let spoiled = Tensor([1, 2, 3, 4, -Double.infinity, .nan], shape: [3, 2])
    let found = try #require(try spoiled.cast(to: dtype).hostArray().firstNonFinite)
    #expect(found.index == [2, 0] && found.value == -.infinity && found.count == 2)
  }
}
