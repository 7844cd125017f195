import Foundation
import Plans
import Reservoirs
import TestSupport
import Testing

/// Reservoirs that experiments have fitted, saved and used again.
@Suite(.tags(.engine)) struct ReservoirModelTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func fitted(_ experiment: String, _ data: String, dtype: String = "float64") throws -> (
    network: EchoStateNetwork, data: DatasetPair, model: ReservoirModel, result: ExperimentResult
  ) {
    let configuration = try Arm("test", ["experiment": experiment, "data": data, "dtype": dtype])
      .configuration(base: [], seed: 2)
    let data = try configuration.source().load(from: DataFolders(), progress: nil)
    let result = try configuration.runExperiment(on: data)
    let network = try #require(result.network)
    try ModelFile(network, of: configuration, data).write(to: folder("model.safetensors"))
    let model = try ReservoirModel(contentsOf: folder("model.safetensors"))
    #expect(model.file.configuration == configuration)
    return (network, data, model, result)
  }

  private static let sine = "sine(period: 60, train: 600, test: 200)"

  @Test(arguments: ["float64", "float32"]) func predictionsBeginAtRestAndGenerationWhereItWasSaved(_ dtype: String)
    throws
  {
    let (saved, data, model, _) = try fitted(
      "reservoirPrediction(units: 120, washout: 50, readout: ridge(lambda: 1e-6))", Self.sine, dtype: dtype)
    var network = saved
    #expect(model.predictsItsInput)
    let generated = try model.generate(steps: 40)
    #expect(generated.names == (1...40).map(String.init) && generated.columns == ["value"])
    var closed = try network.closingLoop()
    let rest = try Tensor.concatenate([network.output, closed.generate(steps: 39)]).hostArray()
    #expect(generated.values == rest)
    // The value after the last input is the last target.
    let last: [Double] = try Tensor(data.test.targets).cast(to: .float64).values()
    let first: [Double] = try Tensor(generated.values).cast(to: .float64).values()
    #expect(abs(first[0] - last[199]) < 1e-2 && first.allSatisfy { abs($0) < 1.2 })

    try network.reset()
    let inputs = data.test.inputs
    let expected = try network.predict(inputs: Tensor(inputs)).hostArray()
    let lines = try inputs.values(as: Double.self).map { "\($0)\n" }.joined()
    try folder.write(lines, to: "plain.csv")
    try folder.write("wave\n" + lines, to: "named.csv")
    try NPY.write(inputs, to: folder("wave.npy"))
    for name in ["plain.csv", "named.csv", "wave.npy"] {
      let (found, notes) = try model.predict(files: [folder(name)])
      #expect(found.values == expected && found.names.count == 200 && notes.isEmpty, "\(name)")
      #expect(found.names[199] == "\(folder(name))[199]")
    }
    let (two, _) = try model.predict(files: [folder("plain.csv"), folder("named.csv")])
    #expect(two.values.bytes == expected.bytes + expected.bytes)
    // After a series, what comes next is the prediction from its last value.
    let after = try model.generate(steps: 5, afterFile: folder("plain.csv"))
    let width = expected.dtype.byteCount
    #expect(after.values.bytes.prefix(width).elementsEqual(expected.bytes.suffix(width)))
    try folder.write("1,2\n3,4\n", to: "wide.csv")
    #expect(throws: ReservoirError.self) { try model.predict(files: [folder("wide.csv")]) }
    #expect(throws: DatasetError.self) { try model.predict(files: [folder("absent.csv")]) }
    #expect(throws: ReservoirError.self) { try model.generate(steps: 0) }
  }

  /// A network with feedback goes on after its teacher's last value, as its experiment did.
  @Test(arguments: ["pinv(lambda: 1e-6)", "recursiveLeastSquares(lambda: 1e-4)", "force(lambda: 1)"])
  func generationRepeatsTheExperiments(_ readout: String) throws {
    let (network, data, model, result) = try fitted(
      "reservoirGeneration(units: 100, gain: 0.8, leak: 0.5, washout: 100, readout: \(readout))", Self.sine)
    var own = network
    #expect(try model.generate(steps: 200).values == own.generate(steps: 200).hostArray())
    let generated: [Double] = try model.generate(steps: 200).values.values()
    let expected: [Double] = try Tensor(data.test.targets).cast(to: .float64).values()
    let squares = zip(generated, expected).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    let mean = expected.reduce(0, +) / 200
    let variance = expected.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    #expect(abs((squares / variance).squareRoot() - (result.metrics["nrmse"] ?? .nan)) < 1e-9)
    #expect(try model.predict(data.test.inputs).values.shape == [200, 1])
  }

  @Test func otherSeriesAreNotGenerated() throws {
    let (_, data, model, _) = try fitted("reservoirPrediction(units: 30, washout: 10)", "narma(train: 200, test: 50)")
    #expect(!model.predictsItsInput && data.train.inputs.shape == data.train.targets.shape)
    #expect(throws: ModelFileError.notGenerating) { try model.generate(steps: 3) }
    #expect(throws: ModelFileError.wrongKind(found: .reservoir, wanted: .network)) { try TrainedModel(model.file) }
    var other = model.file
    other.kind = .network
    #expect(throws: ModelFileError.wrongKind(found: .network, wanted: .reservoir)) { try ReservoirModel(other) }
    other = model.file
    other.tensors["readout"] = other.tensors["bias"]
    other.tensors["state"] = nil
    #expect(throws: ReservoirError.self) { try ReservoirModel(other) }
  }

  private func fittedModel(
    _ experiment: String, _ data: String, seed: Int = 2
  ) throws -> (model: ReservoirModel, result: ExperimentResult) {
    let configuration = try Arm("test", ["experiment": experiment, "data": data]).configuration(base: [], seed: seed)
    let pair = try configuration.source().load(from: DataFolders(), progress: nil)
    let result = try configuration.runExperiment(on: pair)
    try ModelFile(#require(result.fitted), of: configuration, pair).write(to: folder("model.safetensors"))
    return (try ReservoirModel(contentsOf: folder("model.safetensors")), result)
  }

  /// On its run's data a saved model has the run's scores.
  @Test(arguments: [
    ("reservoirPrediction(units: 80, washout: 50, readout: ridge(lambda: 1e-6))", sine),
    ("reservoirPrediction(units: 60, washout: 50)", "narma(train: 400, test: 100)"),
    ("reservoirGeneration(units: 80, washout: 100, readout: ridge(lambda: 1e-6))", sine),
    ("reservoirGeneration(units: 60, gain: 1.2, washout: 100, readout: force(lambda: 1))", sine),
    ("reservoirHorizon(units: 60, washout: 100, horizon: 20, trials: 5, warmup: 50)", sine),
    ("reservoirClassification(units: 40, parts: 2)", "syntheticVowels(train: 45, test: 36)"),
  ]) func savedModelsRepeatTheirScores(_ experiment: String, _ data: String) throws {
    let (model, result) = try fittedModel(experiment, data)
    let scores = try model.evaluate(EvaluationData(for: model.file))
    #expect(scores.count >= 2)
    for (name, value) in scores {
      let expected = try #require(result.metrics[name])
      #expect(abs(value - expected) <= 1e-9 * abs(expected), "\(name): \(value), \(expected)")
    }
  }

  /// Series in other files have the scale of the training steps, begin at rest, and are as long as they are.
  @Test func otherSeriesAreEvaluated() throws {
    func write(_ name: String, _ steps: Range<Int>) throws -> String {
      try folder.write("load,t\n" + steps.map { "\($0),\(20 + 5 * sin(Double($0) / 8))\n" }.joined(), to: name)
    }
    let (own, new) = (try write("own.csv", 0..<600), try write("new.csv", 1000..<1400))
    let source = "series(path: \(own), columns: [t], train: 400, standardized: true)"
    for experiment in ["Prediction", "Generation"] {
      let (model, _) = try fittedModel(
        "reservoir\(experiment)(units: 80, gain: 0.8, leak: 0.5, washout: 100, readout: ridge(lambda: 1e-6))", source)
      let whole = try EvaluationData(for: model.file, settings: ["data=series(path: \(new), exclude: [load])"])
      #expect(whole.test.count == 399 && whole.train == nil)
      #expect(try #require(model.evaluate(whole)["nrmse"]) < 0.02, "\(experiment)")
      let part = try EvaluationData(for: model.file, settings: ["data.path=\(new)", "data.test=30"])
      #expect(part.test.count == 30)
      // Fewer steps than the network needs to forget that it began at rest.
      #expect(throws: ReservoirError.washout(steps: 100, length: 30)) { try model.evaluate(part) }
      #expect {
        try EvaluationData(for: model.file, settings: ["data=series(path: \(new))"])
      } throws: {
        "\($0)".contains("doesn't know the column 'load'") && "\($0)".contains("exclude: [load]")
      }
    }
  }

  @Test func classifiersPredictSequencesInFiles() throws {
    let (model, result) = try fittedModel(
      "reservoirClassification(units: 60)", "syntheticVowels(train: 90, test: 36)")
    let data = try model.file.configuration.source().load(from: DataFolders(), progress: nil)
    #expect(model.classifier?.parts == 3 && result.network == nil)
    let predictions = try model.predict(data.test.inputs)
    #expect(predictions.columns == (0..<9).map(String.init) && predictions.values.shape == [36, 9])
    let wrong = zip(try #require(predictions.classes), try data.test.labels()).count { $0 != Int($1) }
    #expect(Double(wrong) == result.metrics["errors"])

    try NPY.write(data.test.inputs, to: folder("all.npy"))
    let (found, _) = try model.predict(files: [folder("all.npy")])
    #expect(found.values == predictions.values && found.names.last == "\(folder("all.npy"))[35]")
    // The first sequence alone, as long as it is, with and without its last channel.
    let values = try data.test.inputs.values(as: Double.self).prefix(29 * 13)
    let rows = stride(from: 0, to: values.count, by: 13).map { Array(values[$0..<$0 + 13]) }
    let frames = rows.filter { $0[12] == 1 }
    #expect((7..<29).contains(frames.count))
    try folder.write(frames.map { $0.map { "\($0)" }.joined(separator: ",") + "\n" }.joined(), to: "one.csv")
    try folder.write(
      frames.map { $0.dropLast().map { "\($0)" }.joined(separator: ",") + "\n" }.joined(), to: "plain.csv")
    let (single, _) = try model.predict(files: [folder("one.csv"), folder("plain.csv"), folder("all.npy")])
    #expect(single.names.prefix(2) == [folder("one.csv"), folder("plain.csv")] && single.names.count == 38)
    let outputs = try single.values.values(as: Double.self)
    for row in 0..<2 {
      #expect(distance(Array(outputs[row * 9..<row * 9 + 9]), Array(outputs[18..<27])) < 1e-9)
    }
    try folder.write("1,2\n3,4\n", to: "wide.csv")
    #expect(throws: DatasetError.self) { try model.predict(files: [folder("wide.csv")]) }
    #expect(throws: ModelFileError.notGenerating) { try model.generate(steps: 3) }
    var damaged = model.file
    damaged.tensors["classifier/readout"] = try HostArray([1.0])
    #expect(throws: ReservoirError.self) { try ReservoirModel(damaged) }
    damaged = model.file
    damaged.tensors["classifier/parts"] = nil
    #expect(throws: ReservoirError.self) { try ReservoirModel(damaged) }
  }
}
