import PJRT
import TestSupport
import Testing

@testable import Training

@Suite(.tags(.engine)) struct TrainerTests {
  @Test func summariesAreOfTheModelAfterPreprocessing() throws {
    let data = try Problems.digits.get().test
    let trainer = try Trainer(
      model: Sequential {
        Flatten(); Dense(100); HSwish(); Dense(10)
      },
      method: Method(loss: SoftmaxCrossEntropy(), optimizer: SGD()) {
        $0.preprocessing = Rescaling(dividingBy: 255)
      },
      inputs: data.inputs)
    let summary = try trainer.summary()
    #expect(summary.hasPrefix("Model: \"sequential\"\n"))
    #expect(summary.contains("dense1 (Dense)               (None, 100)               78500"))
    #expect(summary.contains("Total params: 79,510\n"))
    #expect(
      try trainer.layerSummary().compactText(loss: trainer.method.loss).hasSuffix(
        "output softmax 10\nerror cross_entropy_error"))
    #expect(trainer.inputType == TensorType(.float32, [1, 28, 28]))
    #expect(trainer.outputType == TensorType(.float32, [1, 10]))
  }

  /// A type and an array of it make the same trainer, whatever the batch.
  @Test func inputsAreATypeOrAnArray() throws {
    let data = try Problems.classes(6)
    let byArray = try Problems.trainer(data)
    for count in [1, 6] {
      let byType = try Trainer(
        model: byArray.model, method: byArray.method, inputs: TensorType(.float64, [count, 2]), precision: .float64,
        seed: 1)
      #expect(byType.inputType == byArray.inputType)
      #expect(try byType.state.bytes() == byArray.state.bytes())
    }
  }

  @Test func methodsFollowTheirLoss() throws {
    var method = Method(loss: SoftmaxCrossEntropy(), optimizer: SGD()) {
      $0.averaging = ExponentialAverage()
      $0.gradientRule = SAM()
    }
    #expect(method.gradientRule is SAM && method.averaging is ExponentialAverage)
    #expect(method.recordedNames == ["loss", "accuracy"])
    // The default metrics are those of the loss, until others are chosen.
    method.loss = MeanSquaredError()
    #expect(method.recordedNames == ["loss", "meanAbsoluteError", "r2"])
    method.metrics = []
    #expect(method.recordedNames == ["loss"])
    struct Refused: Error {}
    #expect(throws: Refused.self) {
      try Method(loss: SoftmaxCrossEntropy(), optimizer: SGD()) { _ in throw Refused() }
    }
  }

  /// Steps take memory over, but never the caller's.
  @Test func givenParametersAreCopied() throws {
    let data = try Problems.classes(6)
    let first = try Problems.trainer(data)
    let second = try Problems.trainer(data, parameters: first.state.parameters)
    _ = try second.fit(data, epochs: 1, batchSize: 2)
    #expect(try first.numbers().allSatisfy { $0.isFinite })
    #expect(try first.numbers() != second.numbers())
  }

  @Test func statesAreKeptByCopying() throws {
    let data = try Problems.classes(6)
    let trainer = try Problems.trainer(data, optimizer: Adam())
    let (kept, taken) = (try trainer.state.copy(), trainer.state)
    let start = try kept.bytes()
    _ = try trainer.fit(data, epochs: 1, batchSize: 2)
    #expect(try trainer.state.bytes() != start)
    #expect(throws: EngineError.self) { try taken.bytes() }
    #expect(try kept.bytes() == start)
    for _ in 0..<2 {
      try trainer.restore(kept)
      #expect(try trainer.state.bytes() == start)
      _ = try trainer.fit(data, epochs: 1, batchSize: 2)
    }
    #expect(try kept.bytes() == start)
  }

  @Test func historiesAnswerQuestions() throws {
    let records = [(0, 0.1, 0.2), (1, 0.94, 0.9), (2, 0.96, 0.95), (3, 0.95, 0.97)].map { epoch, train, test in
      EpochRecord(
        epoch: epoch, step: epoch, metrics: ["accuracy": train, "val_accuracy": test], trainingSeconds: 2,
        evaluationSeconds: 0.5)
    }
    let history = History(epochs: records)
    #expect(history.seconds == 10)
    #expect(history.firstEpoch("val_accuracy", atLeast: 0.95) == 2)
    #expect(history.firstEpoch("accuracy", atLeast: 0.95) == 2)
    #expect(history.firstEpoch("accuracy", atLeast: 0.98) == nil)
    #expect(history.firstEpoch("loss", atLeast: 0) == nil)
    #expect(history.values("accuracy").map(\.value) == [0.1, 0.94, 0.96, 0.95])
    #expect(history.values("accuracy").map(\.epoch) == [0, 1, 2, 3])
    #expect(history.values("loss").isEmpty)
    #expect(history == History(epochs: records))
  }
}
