import TestSupport
import Testing

@testable import Training

@Suite(.tags(.engine, .slow)) struct ResumeTests {
  static let trainings: [(String, SmallTraining)] = [
    ("adam, dropout, average", SmallTraining()),
    ("untrained first, rest masked", SmallTraining(partialBatch: .pad, evaluatesBeforeTraining: true)),
    (
      "double precision, momentum, lookahead",
      SmallTraining(optimizer: Momentum(learningRate: 0.1), averaging: Lookahead(), precision: .float64)
    ),
    ("sharpness-aware", SmallTraining(optimizer: SGD(learningRate: 0.1), rule: SAM(), averaging: NoAveraging())),
    (
      "running statistics",
      SmallTraining(
        model: Sequential {
          Dense(6); BatchNorm(.pyTorch, activation: ReLU()); Dense(3)
        }, rule: SAM(statePass: .both))
    ),
    ("half precision", SmallTraining(precision: Precision(parameters: .bfloat16, computation: .bfloat16))),
    ("mixed precision", SmallTraining(precision: .bfloat16)),
  ]

  @Test(arguments: trainings.map(\.0)) func aBreakChangesNoBit(_ name: String) throws {
    let training = try #require(Self.trainings.first { $0.0 == name }).1
    let undisturbed = try training.trainer()
    try training.fit(undisturbed, upTo: 5)

    let scratch = try TemporaryFolder()
    let folder = CheckpointFolder(scratch.path)
    for last in [2, 3, 5] {
      // Another seed: the saved one counts.
      let trainer = try training.trainer(seed: last == 2 ? 3 : 99)
      if let checkpoint = try folder.latest() {
        try trainer.restore(checkpoint)
        #expect(checkpoint.remainingEpochs == 5 - trainer.epoch)
      }
      let callbacks: [any Callback] = [try CheckpointCallback(folder), PowerCut(after: last == 5 ? 99 : last)]
      do { try training.fit(trainer, upTo: 5, callbacks: callbacks) } catch is PowerCut.Cut { continue }
      #expect(trainer.recorded == undisturbed.recorded)
      #expect(try trainer.arrays() == undisturbed.arrays())
      #expect(trainer.step == undisturbed.step)
    }
    #expect(try folder.latest()?.epoch == 5)
  }

  @Test func numPyOrdersGoOn() throws {
    func training() -> SmallTraining {
      SmallTraining(order: NumPyOrder(NumPyRandomState(seed: 4), continues: true))
    }
    let undisturbed = try training().trainer()
    try training().fit(undisturbed, upTo: 4)
    let first = try training().trainer()
    #expect(throws: PowerCut.Cut.self) { try training().fit(first, upTo: 4, callbacks: [PowerCut(after: 2)]) }
    let second = try training().trainer()
    try second.restore(first.checkpoint())
    try training().fit(second, upTo: 4)
    #expect(try second.arrays() == undisturbed.arrays())
    #expect(second.recorded == undisturbed.recorded)
  }

  @Test func saveAndRestoreByFolder() throws {
    let scratch = try TemporaryFolder()
    let path = scratch("a/b")
    let trainer = try SmallTraining().trainer()
    try SmallTraining().fit(trainer, upTo: 2)
    #expect(try trainer.save(to: path, configuration: "a: 1\nb: 2") == 1)
    #expect(try trainer.save(to: path, configuration: "a: 1\nb: 2", keep: 1) == 2)
    let other = try SmallTraining().trainer(seed: 8)
    let error = #expect(throws: CheckpointError.self) { try other.restore(from: path, configuration: "a: 1\nb: 3") }
    #expect("\(try #require(error))".contains("it has 'b: 2' instead of 'b: 3'"))
    let checkpoint = try other.restore(from: path, configuration: "a: 1\nb: 2")
    #expect(checkpoint.plan == Checkpoint.Plan(epochs: 2, stepsPerEpoch: 5, batchSize: 5, order: "ShuffledOrder"))
    #expect(try other.arrays() == trainer.arrays())
    #expect(other.history == trainer.history)
    #expect(throws: CheckpointError.noCheckpoint(folder: scratch("none"))) {
      try other.restore(from: scratch("none"))
    }
  }

  @Test func anotherModelIsToldByItsPathsAndTypes() throws {
    let saved = try SmallTraining(optimizer: SGD(learningRate: 0.1), averaging: NoAveraging()).trainer().checkpoint()
    let model = Sequential {
      Dense(7); Tanh(); Dense(3, hasBias: false); Dense(3).named("head")
    }
    let training = SmallTraining(model: model, optimizer: SGD(learningRate: 0.1), averaging: NoAveraging())
    let trainer = try training.trainer()
    try training.fit(trainer, upTo: 1)
    let (before, recorded) = (try trainer.arrays(), trainer.recorded)
    let error = #expect(throws: CheckpointError.self) { try trainer.restore(saved) }
    #expect(
      error
        == .differentModel(
          missing: ["parameters/head/kernel", "parameters/head/bias"], unexpected: ["parameters/dense2/bias"],
          mismatched: [
            TypeMismatch(
              path: "parameters/dense1/kernel", expected: TensorType(.float32, [4, 7]),
              actual: TensorType(.float32, [4, 6])),
            TypeMismatch(
              path: "parameters/dense1/bias", expected: TensorType(.float32, [7]), actual: TensorType(.float32, [6])),
            TypeMismatch(
              path: "parameters/dense2/kernel", expected: TensorType(.float32, [7, 3]),
              actual: TensorType(.float32, [6, 3])),
          ]))
    #expect("\(try #require(error))".contains("missing in the checkpoint: parameters/head/kernel"))
    #expect(try trainer.arrays() == before)
    #expect(trainer.recorded == recorded)
    #expect(trainer.epoch == 1)
    // It is as able to go on as before.
    try training.fit(trainer, upTo: 2)
  }

  @Test func anotherElementTypeIsAnError() throws {
    let saved = try SmallTraining(optimizer: SGD(learningRate: 0.1), averaging: NoAveraging(), precision: .float64)
      .trainer()
      .checkpoint()
    let trainer = try SmallTraining(optimizer: SGD(learningRate: 0.1), averaging: NoAveraging()).trainer()
    let error = #expect(throws: CheckpointError.self) { try trainer.restore(saved) }
    guard case .differentModel([], [], let mismatched) = error else {
      Issue.record("found \(String(describing: error))")
      return
    }
    #expect(mismatched.count == 4)
    #expect(mismatched.first?.description == "parameters/dense1/kernel is float64[4, 6], not float32[4, 6]")
  }

  @Test func aModelsOptimizerCountsToo() throws {
    let saved = try SmallTraining().trainer().checkpoint()
    let trainer = try SmallTraining(optimizer: SGD(learningRate: 0.1)).trainer()
    let error = #expect(throws: CheckpointError.self) { try trainer.restore(saved) }
    guard case .differentModel([], let unexpected, []) = error else {
      Issue.record("found \(String(describing: error))")
      return
    }
    #expect(!unexpected.isEmpty && unexpected.allSatisfy { $0.hasPrefix("optimizer/") })
  }
}
