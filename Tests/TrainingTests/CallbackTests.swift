import Testing

@testable import Training

@Suite struct CallbackTests {
  /// Writes down what it is told.
  private final class Recorder: Callback {
    var calls: [String] = []
    var chunks: [ChunkProgress] = []
    var plan: FitPlan?
    var states: [[String: [UInt8]]] = []
    var stopAfter: Int?

    func trainingBegan(_ plan: FitPlan, in trainer: Trainer) throws {
      self.plan = plan
      calls.append("began")
    }
    func chunkEnded(_ progress: ChunkProgress, in trainer: Trainer) throws {
      chunks.append(progress)
      calls.append("chunk")
    }
    func epochEnded(_ record: EpochRecord, in trainer: Trainer) throws -> CallbackAction {
      calls.append("epoch \(record.epoch)")
      states.append(try trainer.state.bytes())
      return record.epoch == stopAfter ? .stop(reason: "enough") : .continue
    }
    func trainingEnded(_ history: History, in trainer: Trainer) throws { calls.append("ended \(history.epochs.count)") }
  }

  private func record(_ epoch: Int, _ value: Double, _ name: String = "val_loss") -> EpochRecord {
    EpochRecord(epoch: epoch, step: epoch, metrics: [name: value])
  }

  private let plan = FitPlan(
    epochs: 9, stepsPerEpoch: 1, batchSize: 1, metrics: ["loss", "val_loss", "val_accuracy"])

  @Test func callbacksSeeTheWholeRun() throws {
    let data = try Problems.classes(10)
    let recorder = Recorder()
    _ = try Problems.trainer(data).fit(
      data, epochs: 2, batchSize: 3, validation: data,
      options: FitOptions(partialBatch: .pad, evaluatesBeforeTraining: true, chunksPerEpoch: 2), callbacks: [recorder])
    #expect(
      recorder.calls == ["began", "epoch 0", "chunk", "chunk", "epoch 1", "chunk", "chunk", "epoch 2", "ended 3"])
    #expect(recorder.chunks.map(\.steps) == [2, 4, 2, 4])
    #expect(recorder.chunks.map(\.epoch) == [1, 1, 2, 2])
    #expect(recorder.chunks.allSatisfy { $0.stepsPerEpoch == 4 && $0.metrics.map(\.name) == ["loss", "accuracy"] })
    #expect(
      recorder.plan
        == FitPlan(
          epochs: 2, stepsPerEpoch: 4, batchSize: 3, metrics: ["loss", "accuracy", "val_loss", "val_accuracy"]))
  }

  @Test func aReasonEndsTraining() throws {
    let data = try Problems.classes(6)
    let recorder = Recorder()
    recorder.stopAfter = 2
    let second = Recorder()
    let history = try Problems.trainer(data).fit(data, epochs: 5, batchSize: 2, callbacks: [recorder, second])
    #expect(history.epochs.map(\.epoch) == [1, 2])
    #expect(history.stopReason == "enough")
    #expect(recorder.calls == ["began", "epoch 1", "epoch 2", "ended 2"])
    #expect(second.calls == recorder.calls)
  }

  /// A callback that throws in the middle leaves a trainer that can be used.
  @Test func errorsLeaveAUsableTrainer() throws {
    struct Refused: Error {}
    final class Refusing: Callback {
      func chunkEnded(_ progress: ChunkProgress, in trainer: Trainer) throws {
        if progress.steps == 2 { throw Refused() }
      }
    }
    let data = try Problems.classes(6)
    let trainer = try Problems.trainer(data)
    #expect(throws: Refused.self) {
      try trainer.fit(data, epochs: 1, batchSize: 2, options: FitOptions(chunksPerEpoch: 3), callbacks: [Refusing()])
    }
    #expect(trainer.step == 2)
    #expect(trainer.epoch == 0)
    #expect(try trainer.evaluate(data)["loss"]?.isFinite == true)
    #expect(try trainer.fit(data, epochs: 1, batchSize: 2).epochs.map(\.step) == [5])
  }

  @Test(
    arguments: [
      // Patience counts epochs in a row without improvement.
      (0, 0.0, [1.0, 0.9, 0.95], 3), (1, 0, [1, 1.1, 0.9], 2), (2, 0, [1, 1.1, 0.9, 1, 0.95], 5),
      (3, 0, [1, 0.9, 0.8, 0.7], nil),
      // Smaller improvements than asked for are none; equal values neither.
      (2, 0.1, [1, 0.95, 0.92], 3), (2, 0.1, [1, 0.95, 0.85, 0.8], nil), (1, 0, [1, 1], 2),
      // NaN is never an improvement, and anything is better than NaN.
      (2, 0, [.nan, .nan], 2), (2, 0, [.nan, 5, .nan, 4], nil),
    ] as [(Int, Double, [Double], Int?)])
  func earlyStopping(_ patience: Int, _ minDelta: Double, _ values: [Double], _ end: Int?) throws {
    let trainer = try Problems.trainer(Problems.classes(6))
    // The same values with their signs turned are better when greater.
    for (mode, sign) in [(MonitorMode.min, 1.0), (.automatic, 1), (.max, -1)] {
      let stopping = EarlyStopping(monitor: "val_loss", patience: patience, mode: mode, minDelta: minDelta)
      // Used twice: it forgets.
      for _ in 0..<2 {
        try stopping.trainingBegan(plan, in: trainer)
        var ended: Int?
        for (index, value) in values.enumerated() where ended == nil {
          if try stopping.epochEnded(record(index + 1, sign * value), in: trainer) != .continue { ended = index + 1 }
        }
        #expect(ended == end)
      }
    }
  }

  @Test func earlyStoppingSaysWhy() throws {
    let trainer = try Problems.trainer(Problems.classes(6))
    let stopping = EarlyStopping(monitor: "val_accuracy", patience: 2)
    try stopping.trainingBegan(plan, in: trainer)
    let actions = try [0.5, 0.75, 0.7, 0.75].enumerated().map {
      try stopping.epochEnded(record($0.offset + 1, $0.element, "val_accuracy"), in: trainer)
    }
    let reason = "val_accuracy hasn't improved for 2 epochs; the best is 0.75 of epoch 2"
    #expect(actions == [.continue, .continue, .continue, .stop(reason: reason)])
    #expect(stopping.best?.epoch == 2)
    #expect(stopping.best?.value == 0.75)
  }

  @Test func unknownMetricsAreErrors() throws {
    let data = try Problems.classes(6)
    for callback in [EarlyStopping(monitor: "val_loss"), BestParameters(monitor: "val_loss")] as [any Callback] {
      let error = #expect(throws: TrainingError.self) {
        try Problems.trainer(data).fit(data, epochs: 1, batchSize: 2, callbacks: [callback])
      }
      #expect(error?.description == "there is no metric 'val_loss' to watch: an epoch records loss, accuracy")
    }
  }

  @Test func bestParametersComeBack() throws {
    let data = try Problems.classes(6)
    for restores in [true, false] {
      let trainer = try Problems.trainer(data, optimizer: Adam(), averaging: ExponentialAverage(decay: 0.5))
      let recorder = Recorder()
      // Minimizing what rises makes the worst epoch the best.
      let best = BestParameters(monitor: "val_loss", mode: .max, restores: restores)
      let history = try trainer.fit(data, epochs: 4, batchSize: 2, validation: data, callbacks: [best, recorder])
      let losses = history.values("val_loss").map(\.value)
      let index = try #require(losses.indices.max { losses[$0] < losses[$1] })
      #expect(index < 3)
      #expect(best.best?.epoch == index + 1)
      #expect(try best.state?.bytes() == recorder.states[index])
      #expect(try trainer.state.bytes() == recorder.states[restores ? index : 3])
      #expect((try trainer.evaluate(data)["loss"]) == losses[restores ? index : 3])
      #expect(trainer.epoch == 4)
      // Training goes on from there, and the kept state stays.
      _ = try trainer.fit(data, epochs: 1, batchSize: 2)
      #expect(try best.state?.bytes() == recorder.states[index])
    }
  }

  @Test func divergenceEndsTraining() throws {
    let data = try Problems.regression(8)
    let trainer = try Problems.trainer(
      data, model: Dense(2), loss: MeanSquaredError(), optimizer: SGD(learningRate: 1e200), metrics: [])
    let history = try trainer.fit(data, epochs: 9, batchSize: 4, callbacks: [StopOnDivergence()])
    #expect(history.epochs.count == 1)
    #expect(history.stopReason == "loss is inf: a smaller learning rate may help")
    #expect(
      try StopOnDivergence().epochEnded(record(1, .nan), in: trainer)
        == .stop(reason: "val_loss is nan: a smaller learning rate may help"))
    #expect(try StopOnDivergence().epochEnded(record(1, 1e300), in: trainer) == .continue)
  }

  @Test func closuresAreCallbacks() throws {
    let data = try Problems.classes(6)
    var calls: [String] = []
    let history = try Problems.trainer(data).fit(
      data, epochs: 5, batchSize: 2, options: FitOptions(chunksPerEpoch: 3),
      callbacks: [
        .onTrainingBegin { plan in calls.append("began \(plan.epochs)") },
        .onChunkEnd { progress in calls.append("chunk \(progress.steps)") },
        .onEpochEnd { record in
          let line = "epoch \(record.epoch)"
          calls.append(line)
        },
        .stopping { record in record.epoch == 2 ? .stop(reason: "two") : .continue },
        .stopping { record in
          if record.epoch == 2 { return .stop(reason: "also two") }
          return .continue
        },
        .onTrainingEnd { history in calls.append("ended \(history.epochs.count)") },
      ])
    #expect(history.stopReason == "two")
    let epochs = (1...2).flatMap { ["chunk 1", "chunk 2", "chunk 3", "epoch \($0)"] }
    #expect(calls == ["began 5"] + epochs + ["ended 2"])
  }

  /// Every hook gets the trainer that it watches.
  @Test func hooksGetTheTrainer() throws {
    final class Witness: Callback {
      var steps: [Int] = []
      func trainingBegan(_ plan: FitPlan, in trainer: Trainer) throws { steps.append(trainer.step) }
      func chunkEnded(_ progress: ChunkProgress, in trainer: Trainer) throws { steps.append(trainer.step) }
      func epochEnded(_ record: EpochRecord, in trainer: Trainer) throws -> CallbackAction {
        steps.append(trainer.step)
        return .continue
      }
      func trainingEnded(_ history: History, in trainer: Trainer) throws { steps.append(trainer.step) }
    }
    let data = try Problems.classes(6)
    let witness = Witness()
    try Problems.trainer(data).fit(
      data, epochs: 2, batchSize: 2, options: FitOptions(chunksPerEpoch: 3), callbacks: [witness])
    #expect(witness.steps == [0, 1, 2, 3, 3, 4, 5, 6, 6, 6])
  }
}
