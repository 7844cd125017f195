import Foundation
import Plans
import TestSupport
import Testing

/// Models that are saved and loaded.
@Suite(.tags(.engine, .slow)) struct ModelFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let digits = Result { try SyntheticDigits.generate(trainCount: 90, testCount: 33) }

  /// Thirty records of numbers, with targets of a kind.
  private static func table(_ targets: (Int) throws -> HostArray, classes: Int? = nil) throws -> DatasetPair {
    func part(_ count: Int, _ start: Int) throws -> LabeledArrays {
      let inputs = (0..<count * 5).map { Float(sin(0.7 * Double($0 + start)) * Double($0 % 5 + 1)) }
      return try LabeledArrays(
        inputs: HostArray(inputs, shape: [count, 5]), targets: targets(count), classCount: classes)
    }
    return DatasetPair(train: try part(30, 0), test: try part(11, 4), name: "table", origin: "a table")
  }

  private static func data(_ name: String) throws -> DatasetPair {
    switch name {
    case "digits": try digits.get()
    case "events": try table({ try HostArray((0..<$0).map { Int32($0 % 2) }) }, classes: 2)
    case "marks":
      try table({ count in try HostArray((0..<count * 3).map { Float($0 % 2) }, shape: [count, 3]) })
    default: try table({ count in try HostArray((0..<count).map { sin(Float($0)) }, shape: [count, 1]) })
    }
  }

  private static func run(_ data: String, _ settings: String) throws -> Run {
    let texts = settings.split(separator: "; ").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
    let base = ["epochs": "3", "batchSize": "30", "optimizer": "momentum(learningRate: 0.05)"]
    let all = base.merging(texts.map { ($0[0], $0[1]) }) { $1 }
    return Run(try Arm("test", all).configuration(base: [], seed: 3), data: try Self.data(data))
  }

  static let trainings = [
    ("digits", "model=mlp(hidden: [8])"),
    ("digits", "model=nineConv(filters: [2, 3], repeats: 1); averaging=ema(decay: 0.9)"),
    ("digits", "model=nineConv(filters: [2, 3], repeats: 1); averaging=swa(statistics: estimated)"),
    ("digits", "model=wideResNet(depth: 10, width: 1); gradientRule=sam(state: second); preprocessing=featurewise"),
    ("digits", "model=mlp(hidden: [8]); preprocessing=zcaWhitening; averaging=lookahead"),
    (
      "digits", "model=mlp(hidden: [8]); dtype=bfloat16; loss=flooded(at: polynomial(initial: 0.5), reporting: flooded)"
    ),
    ("digits", "model=mlp(hidden: [8]); dtype=float64; partialBatch=pad; batchSize=40"),
    ("events", "loss=binaryCrossEntropy; preprocessing=featurewise(white: 1)"),
    ("marks", "loss=binaryCrossEntropy"),
    ("values", "loss=meanSquaredError; preprocessing=standardizedChannels(mean: [0.5], deviation: [2], white: 1)"),
  ]

  /// What is loaded predicts and evaluates bit for bit as what was trained did, after the last epoch and the best.
  @Test(arguments: trainings) func aSavedModelIsTheTrainedOne(_ data: String, _ settings: String) throws {
    let run = try Self.run(data, settings)
    let saver = ModelSaver(run, last: folder("last"), best: folder("new/best"))
    let (trainer, history) = try run.train(callbacks: [saver])
    #expect(saver.written == [folder("new/best"), folder("last")])
    let last = try TrainedModel(contentsOf: folder("last"))
    let inputs = run.data.test.inputs
    #expect(try last.outputs(inputs) == trainer.predict(inputs))
    #expect(try last.outputs(inputs, batchSize: 4) == trainer.predict(inputs, batchSize: 4))
    for (path, tensor) in trainer.variables.parameters.pairs {
      #expect(try last.variables.parameters[path]?.hostArray() == tensor.hostArray(), "\(path)")
    }
    func agrees(_ model: TrainedModel, _ record: EpochRecord) throws {
      #expect(model.file.epoch?.epoch == record.epoch)
      let values = try model.evaluate(run.data)
      #expect(values.count == record.metrics.count / 2)
      for (name, value) in values {
        #expect(value == record["val_" + name], "\(name) of epoch \(record.epoch)")
        #expect(model.file.epoch?["val_" + name] == value)
      }
    }
    try agrees(last, try #require(history.epochs.last))
    let metric = try #require(PrimaryMetric.ofValidation(history.epochs[0].metrics.keys))
    try agrees(TrainedModel(contentsOf: folder("new/best")), try #require(metric.bestEpoch(of: history)))
    // A file is written the same again.
    try ModelFile(contentsOf: folder("last")).write(to: folder("again"))
    #expect(try folder.bytes("again") == folder.bytes("last"))
    #expect(last.file.configuration == run.configuration && last.file.data == ModelData(run.data))
  }

  @Test func predictionsAreProbabilitiesOrValues() throws {
    func model(_ data: String, _ settings: String) throws -> (TrainedModel, HostArray) {
      let run = try Self.run(data, settings)
      let (trainer, history) = try run.train()
      return (try TrainedModel(ModelFile(trainer, of: run, after: history.epochs.last)), run.data.test.inputs)
    }
    let (digits, images) = try model("digits", "model=mlp(hidden: [8])")
    let classes = try digits.predict(images, batchSize: 10)
    #expect(classes.columns == (0..<10).map(String.init) && classes.values.shape == [33, 10])
    let logits = try digits.outputs(images).values(as: Float.self).map(Double.init)
    let probabilities = try classes.values.values(as: Float.self)
    for row in 0..<33 {
      let powers = logits[row * 10..<row * 10 + 10].map { exp($0) }
      let expected = powers.map { $0 / powers.reduce(0, +) }
      #expect(distance(probabilities[row * 10..<row * 10 + 10].map(Double.init), expected) < 1e-6)
      #expect(classes.classes?[row] == expected.firstIndex(of: expected.max() ?? .nan))
    }
    let lines = try classes.table().csv().split(separator: "\r\n")
    #expect(lines[0] == "name,class,0,1,2,3,4,5,6,7,8,9" && lines.count == 34)
    #expect(lines[1].split(separator: ",").dropFirst(2).compactMap { Float($0) } == Array(probabilities.prefix(10)))

    let (events, numbers) = try model("events", "loss=binaryCrossEntropy")
    let pairs = try events.predict(numbers)
    let yes = try events.outputs(numbers).values(as: Float.self).map { 1 / (1 + exp(-Double($0))) }
    #expect(pairs.values.shape == [11, 2] && pairs.classes == yes.map { $0 > 0.5 ? 1 : 0 })
    #expect(distance(try pairs.values.values(as: Float.self).map(Double.init), yes.flatMap { [1 - $0, $0] }) < 1e-6)

    let (marks, _) = try model("marks", "loss=binaryCrossEntropy")
    let independent = try marks.predict(numbers)
    #expect(independent.classes == nil && independent.columns == ["value 0", "value 1", "value 2"])
    #expect(try independent.values.values(as: Float.self).allSatisfy { (0...1).contains($0) })

    let (values, _) = try model("values", "loss=meanSquaredError; dtype=bfloat16")
    let predicted = try values.predict(numbers, names: (0..<11).map { "row \($0), \"quoted\"" })
    #expect(try predicted.values == values.outputs(numbers) && predicted.columns == ["value"])
    #expect(try predicted.table().csv().hasPrefix("name,value\r\n\"row 0, \"\"quoted\"\"\","))
    let none = try values.predict(HostArray([Float](), shape: [0, 5]))
    #expect(none.names.isEmpty && none.values.shape == [0, 1])
  }

  /// The configuration says which epoch is the best, and may end the training with it.
  @Test func theConfigurationSaysWhatIsBest() throws {
    let settings = "model=mlp(hidden: [8]); epochs=4; callbacks=[bestWeights(monitor: loss, mode: max)]"
    let run = try Self.run("digits", settings)
    let saver = ModelSaver(run, last: folder("last"), best: folder("best"))
    let (trainer, history) = try run.train(callbacks: [saver])
    // The training loss falls, so the greatest is the first epoch's.
    #expect(trainer.restoredEpoch == 1 && history.epochs.count == 4)
    for name in ["last", "best"] {
      let model = try TrainedModel(contentsOf: folder(name))
      #expect(model.file.epoch?.epoch == 1)
      #expect(try model.evaluate(run.data)["loss"] == history.epochs[0]["val_loss"])
    }
    let stopping = try Self.run("digits", "callbacks=[earlyStopping(monitor: val_loss)]").configuration
    #expect(stopping.bestMetric(among: ["val_accuracy"]) == PrimaryMetric("val_loss", reading: .best))
    #expect(RunConfiguration().bestMetric(among: ["loss", "val_loss"])?.name == "val_loss")
    #expect(RunConfiguration().bestMetric(among: ["loss"]) == nil)
  }

  /// A saver goes on after a break: an epoch that is worse than those before it isn't the best.
  @Test func theBestEpochIsTheBestOfAll() throws {
    let run = try Self.run("digits", "model=mlp(hidden: [8]); epochs=2")
    let (trainer, _) = try run.train()
    let saver = ModelSaver(run, last: folder("last"), best: folder("best"))
    try trainer.fit(
      run.data.train, epochs: 2, batchSize: 30, validation: run.data.test,
      callbacks: [.stopping { _ in .stop(reason: "enough") }, saver])
    let metric = try #require(PrimaryMetric.ofValidation(["loss", "val_loss", "val_accuracy"]))
    #expect(metric.name == "val_accuracy")
    let best = try #require(metric.bestEpoch(of: trainer.history))
    #expect(folder.exists("best") == (best.epoch == 3))
    // Accuracies stay finite when the loss doesn't; NaN and epoch 0 aren't better than anything.
    func record(_ epoch: Int, _ loss: Double, _ accuracy: Double) -> EpochRecord {
      EpochRecord(epoch: epoch, step: epoch, metrics: ["loss": loss, "val_accuracy": accuracy])
    }
    let records = [record(0, 1, 0.9), record(1, 1, 0.5), record(2, .nan, 0.8), record(3, 1, 0.7), record(4, 1, 0.7)]
    #expect(metric.bestEpoch(of: History(epochs: records))?.epoch == 3)
    #expect(metric.bestEpoch(of: History(epochs: [record(1, .infinity, 1)])) == nil)
  }
}
