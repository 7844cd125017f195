import TestSupport
import Testing

@testable import Training

@Suite(.tags(.engine)) struct ReduceOnPlateauTests {
  /// A trainer whose loss never changes, since parameters of a rate of 0 don't.
  private func trainer(_ optimizer: any Optimizer, adjusts: Bool = true) throws -> (
    trainer: Trainer, data: LabeledArrays
  ) {
    let data = try Problems.classes(12)
    let trainer = try Trainer(
      model: Problems.network,
      method: Method(loss: SoftmaxCrossEntropy(), optimizer: optimizer) { $0.adjustsLearningRate = adjusts },
      inputs: data.inputs, precision: .float64, seed: 1)
    return (trainer, data)
  }

  /// Epoch 1 is the best. 2 and 3 are no better: the rate is halved. 4 cools down, and counts; with 5 it is halved again.
  @Test func waitsAndCoolsDownAsKeras() throws {
    let (trainer, data) = try trainer(SGD(learningRate: 0.0))
    var scales: [Double] = []
    try trainer.fit(
      data, epochs: 9, batchSize: 12, validation: data, options: FitOptions(order: SequentialOrder()),
      callbacks: [
        ReduceOnPlateau(factor: 0.5, patience: 2, cooldown: 1, least: 0.2),
        .onEpochEnd { _ in scales.append(try trainer.learningRateScale()) },
      ])
    #expect(scales.map { ($0 * 1000).rounded() / 1000 } == [1, 1, 0.5, 0.5, 0.25, 0.25, 0.2, 0.2, 0.2])
  }

  /// Updates are those of the lower rate, from the next epoch on, and records say so.
  @Test func theRateIsLowered() throws {
    let options = FitOptions(order: SequentialOrder(), recordsLearningRate: true)
    let (lowered, data) = try trainer(SGD(learningRate: 0.4))
    let history = try lowered.fit(
      data, epochs: 2, batchSize: 12, validation: data, options: options,
      callbacks: [ReduceOnPlateau(factor: 0.25, patience: 1, minDelta: 100)])
    #expect(history.values("learning_rate").map(\.value) == [0.4, 0.4])
    let third = try lowered.fit(data, epochs: 1, batchSize: 12, options: options)
    #expect(abs((third.values("learning_rate").last?.value ?? 0) - 0.1) < 1e-9)
    let (plain, _) = try trainer(SGD(learningRate: 0.4))
    try plain.fit(data, epochs: 2, batchSize: 12, options: options)
    let (slow, _) = try trainer(SGD(learningRate: 0.1))
    try slow.restore(plain.state)
    try slow.fit(data, epochs: 1, batchSize: 12, options: options)
    #expect(distance(try lowered.state.parameters.doubles(), try slow.state.parameters.doubles()) < 1e-14)
  }

  @Test func aFixedRateIsAnError() throws {
    let (trainer, data) = try trainer(SGD(), adjusts: false)
    #expect(throws: TrainingError.fixedLearningRate) {
      try trainer.fit(data, epochs: 1, batchSize: 12, validation: data, callbacks: [ReduceOnPlateau()])
    }
  }

  /// An interrupted training goes on with what the callback had counted.
  @Test func checkpointsRememberWhatWasCounted() throws {
    func callback() -> ReduceOnPlateau { ReduceOnPlateau(factor: 0.5, patience: 2, minDelta: 100, cooldown: 1) }
    let (whole, data) = try trainer(SGD(learningRate: 0.4))
    try whole.fit(data, epochs: 8, batchSize: 4, validation: data, callbacks: [callback()])
    for epochs in [2, 3, 4, 5] {
      let (first, _) = try trainer(SGD(learningRate: 0.4))
      var saved: Checkpoint?
      try first.fit(
        data, epochs: 8, batchSize: 4, validation: data,
        callbacks: [
          callback(),
          .stopping { record in
            guard record.epoch == epochs else { return .continue }
            saved = try first.checkpoint()
            return .stop(reason: "interrupted")
          },
        ])
      let (second, _) = try trainer(SGD(learningRate: 0.4))
      try second.restore(try #require(saved))
      try second.fit(data, epochs: 8 - epochs, batchSize: 4, validation: data, callbacks: [callback()])
      #expect(try second.state.tree.doubles() == whole.state.tree.doubles(), "\(epochs)")
      #expect(second.history.epochs.map(\.metrics) == whole.history.epochs.map(\.metrics))
    }
  }
}
