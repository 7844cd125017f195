import TestSupport
import Testing

@testable import Training

/// Metrics of whole data sets, and weights of classes and examples, through `fit` and `evaluate`.
@Suite(.tags(.engine)) struct ScoredTrainingTests {
  private static let metrics: [any Metric] = [
    ROCAUC(), F1Score(), AveragePrecision(), F1Score(average: .micro), Accuracy(),
  ]

  @Test func metricsOfAllOutputsAreRecordedForValidation() throws {
    let data = try Problems.classes(23, dtype: .float32)
    func trainer(_ rate: Double) throws -> Trainer {
      try Problems.trainer(data, optimizer: SGD(learningRate: rate), metrics: Self.metrics)
    }
    #expect(try trainer(0.1).method.recordedNames == ["loss", "f1", "f1_2", "accuracy"])
    // Batches of 5 leave a last one that repeats rows; the whole set is one batch.
    for batch in [5, 23] {
      let options = FitOptions(evaluatesBeforeTraining: true, evaluationBatch: batch)
      let group = try [0.1, 0.3].map(trainer)
      let histories = try TrainerGroup(group).fit(data, epochs: 2, batchSize: 10, validation: data, options: options)
      for (trainer, history) in zip(group, histories) {
        #expect(history.epochs.map(\.epoch) == [0, 1, 2])
        let record = try #require(history.epochs.last)
        #expect(
          Array(record.metrics.keys) == [
            "loss", "f1", "f1_2", "accuracy", "val_loss", "val_rocAUC", "val_f1", "val_averagePrecision", "val_f1_2",
            "val_accuracy",
          ])
        let values = try trainer.evaluate(data, batchSize: 7)
        #expect(Array(values.keys) == ["loss", "rocAUC", "f1", "averagePrecision", "f1_2", "accuracy"])
        let outputs = try trainer.predict(data.inputs)
        let collected = CollectedOutputs(
          outputs: try Tensor(outputs).cast(to: .float64).values(), targets: try data.labels().map(Double.init),
          width: 3)
        let expected = ROCAUC().reading(.classLogits).value(of: collected)
        #expect(abs((values["rocAUC"] ?? .nan) - expected) < 1e-6 && expected > 0.5)
        for name in ["rocAUC", "f1", "averagePrecision", "accuracy"] {
          #expect(abs((record["val_" + name] ?? .nan) - (values[name] ?? .nan)) < 1e-6, "\(name)")
        }
        #expect(values["f1_2"] == values["accuracy"])
        let matrix = try trainer.confusionMatrix(on: data)
        #expect(matrix.total == 23 && abs(matrix.accuracy - (values["accuracy"] ?? .nan)) < 1e-6)
      }
    }
  }

  @Test func whatIsUndefinedIsRecordedAsNaN() throws {
    let data = try Problems.classes(12, dtype: .float32)
    let single = try LabeledArrays(
      inputs: data.inputs, targets: HostArray([Int32](repeating: 1, count: 12)), classCount: 3)
    let history = try Problems.trainer(data, metrics: [ROCAUC()]).fit(data, epochs: 1, batchSize: 6, validation: single)
    #expect(history.epochs.last?.metrics.keys.contains("val_rocAUC") == true)
    #expect(history.epochs.last?["val_rocAUC"]?.isNaN == true)
  }

  /// The weighted mean that PyTorch's `CrossEntropyLoss(weight:)` gives, by hand.
  @Test func classesCountByTheirWeights() throws {
    let data = try Problems.classes(9)
    let weights = [0.5, 2.0, 0]
    func trainer(_ weights: ClassWeights?) throws -> Trainer {
      let plain = try Problems.trainer(data)
      return try Trainer(
        model: plain.model,
        method: Method(loss: SoftmaxCrossEntropy(), optimizer: SGD(learningRate: 0.1)) { $0.classWeights = weights },
        inputs: data.inputs, precision: .float64, seed: 1)
    }
    let order = FitOptions(order: SequentialOrder())
    let weighted = try trainer(.values(weights))
    let logits = Tensor(try weighted.predict(data.inputs))
    let losses: [Double] = try SoftmaxCrossEntropy().perExample(logits, Tensor(data.targets)).values()
    let labels = try data.labels().map(Int.init)
    let expected =
      zip(losses, labels).reduce(0) { $0 + $1.0 * weights[$1.1] } / labels.reduce(0) { $0 + weights[$1] }
    let record = try weighted.fit(data, epochs: 1, batchSize: 9, validation: data, options: order).epochs[0]
    #expect(abs((record["loss"] ?? .nan) - expected) < 1e-14)
    #expect(record["accuracy"].map { abs($0 * 9 - ($0 * 9).rounded()) < 1e-9 } == true)
    // Weights of the examples do the same, and whole numbers as if examples were there several times.
    let examples = try trainer(nil)
    try examples.fit(
      data.weighted(by: labels.map { Float(weights[$0]) }), epochs: 1, batchSize: 9, options: order)
    let (one, other) = (try weighted.state.parameters.doubles(), try examples.state.parameters.doubles())
    #expect(distance(one, other) < 1e-14)
    let first = try LabeledArrays(
      inputs: Tensor(data.inputs).slice(0..<8).hostArray(), targets: Tensor(data.targets).slice(0..<8).hostArray(),
      classCount: 3)
    let twice = try LabeledArrays(
      inputs: Tensor.concatenate([Tensor(first.inputs), Tensor(first.inputs).slice(0..<1)]).hostArray(),
      targets: Tensor.concatenate([Tensor(first.targets), Tensor(first.targets).slice(0..<1)]).hostArray(),
      classCount: 3)
    let (counted, repeated) = (try trainer(nil), try trainer(nil))
    try counted.fit(
      first.weighted(by: [2, 1, 1, 1, 1, 1, 1, 1]), epochs: 1, batchSize: 8, options: order)
    try repeated.fit(twice, epochs: 1, batchSize: 9, options: order)
    #expect(distance(try counted.state.parameters.doubles(), try repeated.state.parameters.doubles()) < 1e-14)
  }

  /// scikit-learn's `compute_class_weight("balanced", …)`: 10/(3·5), 10/(3·3), 10/(3·2).
  @Test func balancedWeightsAreInverseToFrequencies() throws {
    let labels: [Int32] = [0, 0, 0, 0, 0, 1, 1, 1, 2, 2]
    let data = ResidentData.self
    let arrays = try LabeledArrays(
      inputs: HostArray([Float](repeating: 0, count: 10), shape: [10, 1]), targets: HostArray(labels), classCount: 4)
    let found = try ClassWeights.balanced.values(for: data.init(arrays), outputs: [4], .classLogits)
    #expect(distance(found, [10.0 / 15, 10.0 / 9, 10.0 / 6, 0]) < 1e-15)
    let events = try LabeledArrays(
      inputs: arrays.inputs, targets: HostArray([0, 0, 0, 0, 0, 0, 0, 0, 1, 1] as [Float], shape: [10, 1]))
    let binary = try ClassWeights.balanced.values(for: data.init(events), outputs: [1], .eventLogits)
    #expect(distance(binary, [10.0 / 16, 10.0 / 4]) < 1e-15)
    for (weights, outputs) in [(ClassWeights.values([1, 2]), [4] as Shape), (.values([0, 0, 0, 0]), [4])] {
      #expect(throws: TrainingError.self) { try weights.values(for: data.init(arrays), outputs: outputs, .classLogits) }
    }
    #expect(throws: TrainingError.self) {
      try ClassWeights.balanced.values(for: data.init(events), outputs: [1], .values)
    }
    #expect(throws: DatasetError.self) { try arrays.weighted(by: [1]) }
    #expect(throws: DatasetError.self) { try arrays.weighted(by: [Float](repeating: -1, count: 10)) }
  }

  @Test func aSecondSoftmaxIsNoticed() throws {
    let data = try Problems.classes(12)
    let ending = Sequential {
      Dense(3); Softmax()
    }
    let (twice, plain) = (try Problems.trainer(data, model: ending), try Problems.trainer(data))
    #expect(try twice.layerSummary().warning(with: SoftmaxCrossEntropy())?.contains("ends in softmax") == true)
    #expect(try twice.layerSummary().warning(with: Focal().flooded(at: 0.1))?.contains("takes logits") == true)
    #expect(try twice.layerSummary().warning(with: ProbabilityCrossEntropy()) == nil)
    #expect(try plain.layerSummary().warning(with: SoftmaxCrossEntropy()) == nil)
  }
}
