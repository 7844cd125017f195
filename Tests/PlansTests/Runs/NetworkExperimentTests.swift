import Foundation
import Reservoirs
import TestSupport
import Testing

@testable import Plans

/// Experiments with networks of nodes, and their saved models.
@Suite(.tags(.engine)) struct NetworkExperimentTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func fitted(_ experiment: String, _ data: String, dtype: String = "float64") throws -> (
    result: ExperimentResult, model: ReservoirModel, data: DatasetPair
  ) {
    let configuration = try Arm("test", ["experiment": experiment, "data": data, "dtype": dtype])
      .configuration(base: [], seed: 2)
    let data = try configuration.source().load(from: DataFolders(), progress: nil)
    let result = try configuration.runExperiment(on: data)
    try ModelFile(try #require(result.fitted), of: configuration, data).write(to: folder("model.safetensors"))
    return (result, try ReservoirModel(contentsOf: folder("model.safetensors")), data)
  }

  private static let sine = "sine(period: 60, train: 600, test: 200)"

  /// A list of one reservoir and its readout has the results of the settings that it stands for.
  @Test(arguments: [
    (
      "Prediction", "[input, reservoir(units: 40), ridge(lambda: 1e-6)]", "units: 40, readout: ridge(lambda: 1e-6)",
      1e-9
    ),
    (
      "Generation", "[node(reservoir(units: 40), as: a, feedback: [ridge], reads: []), ridge(lambda: 1e-3)]",
      "units: 40, readout: ridge(lambda: 1e-3)", 0.05
    ),
  ]) func oneReservoirHasTheSameResults(_ kind: String, _ network: String, _ settings: String, _ tolerance: Double)
    throws
  {
    let nodes = try fitted("reservoir\(kind)(washout: 50, network: \(network))", Self.sine).result
    let plain = try fitted("reservoir\(kind)(washout: 50, \(settings))", Self.sine).result
    // In one order, whatever the process: stored runs are read in it.
    let last = kind == "Prediction" ? ["nrmse", "train_nrmse", "lambda"] : ["train_nrmse"]
    for metrics in [nodes.metrics, plain.metrics] { #expect(Array(metrics.keys.suffix(last.count)) == last) }
    for name in ["train_nrmse", "nrmse"] {
      let (own, other) = (try #require(nodes.metrics[name]), try #require(plain.metrics[name]))
      #expect(abs(own - other) <= tolerance * max(abs(other), 1e-3), "\(name): \(own), \(other)")
    }
  }

  /// On its run's data a saved model has the run's scores, and it predicts and generates.
  @Test(arguments: [
    (
      "reservoirPrediction(washout: 50, network: [input, reservoir(units: 40), reservoir(units: 30), ridge(lambda: 1e-6)])",
      "float64"
    ),
    (
      "reservoirPrediction(washout: 50, network: [input, [reservoir(units: 40), nvar(delays: 3)], ridge(lambda: 1e-6)])",
      "float32"
    ),
    (
      "reservoirGeneration(washout: 100, network: [input, reservoir(units: 60, unit: orthogonal), ridge(lambda: 1e-6)])",
      "float64"
    ),
    (
      "reservoirHorizon(washout: 100, horizon: 20, trials: 5, warmup: 50, network: [input, nvar(delays: 4), ridge(lambda: 1e-6)])",
      "float64"
    ),
    ("nvarHorizon(delays: 4, horizon: 20, trials: 5)", "float64"),
  ]) func savedNetworksRepeatTheirScores(_ experiment: String, _ dtype: String) throws {
    let (result, model, data) = try fitted(experiment, Self.sine, dtype: dtype)
    let scores = try model.evaluate(EvaluationData(for: model.file))
    #expect(scores.count >= 2)
    for (name, value) in scores {
      let expected = try #require(result.metrics[name])
      #expect(abs(value - expected) <= 1e-6 * abs(expected) + 1e-9, "\(name): \(value), \(expected)")
    }
    let inputs = try data.test.inputs.values(as: Double.self)
    try folder.write(inputs.map { "\($0)\n" }.joined(), to: "wave.csv")
    let predicted = try model.predict(files: [folder("wave.csv")]).predictions
    #expect(predicted.names.count == 200 && predicted.columns == ["value"])
    let after: [Double] = try Tensor(model.generate(steps: 3, afterFile: folder("wave.csv")).values).cast(to: .float64)
      .values()
    let last: [Double] = try Tensor(predicted.values).cast(to: .float64).values().suffix(1)
    #expect(after.count == 3 && abs(after[0] - last[0]) < 1e-6)
    let truth: [Double] = try Tensor(data.test.targets).cast(to: .float64).values()
    #expect(abs(after[0] - truth[199]) < 0.05)
    let continued: [Double] = try Tensor(model.generate(steps: 4).values).cast(to: .float64).values()
    #expect(continued.allSatisfy { abs($0) < 1.5 })
  }

  @Test func localReservoirsArePredictedWith() throws {
    let (result, model, data) = try fitted(
      "localReservoirHorizon(units: 60, patches: 4, overlap: 3, washout: 50, horizon: 20, trials: 3, warmup: 40)",
      "kuramotoSivashinsky(length: 22, points: 32, train: 600, test: 200)")
    let scores = try model.evaluate(EvaluationData(for: model.file))
    for name in ["nrmse", "valid_time"] {
      #expect(abs(try #require(scores[name]) - (try #require(result.metrics[name]))) < 1e-6, "\(name)")
    }
    #expect(try model.predict(data.test.inputs).values.shape == [200, 32])
    #expect(try model.generate(steps: 5, after: data.test.inputs).values.shape == [5, 32])
  }

  /// Runs that differ by their seeds go side by side, and have the results that they have alone.
  @Test(
    arguments: [
      ("reservoirPrediction(washout: 50, network: [input, [reservoir(units: 20), nvar(delays: 3)], READOUT])", sine),
      (
        "reservoirGeneration(washout: 50, network: [node(reservoir(units: 30, gain: 0.8), as: a, feedback: [out], reads: []), node(READOUT, as: out)])",
        sine
      ),
      (
        "reservoirHorizon(washout: 50, horizon: 20, trials: 3, warmup: 40, exponents: 2, network: [input, reservoir(units: 30), READOUT])",
        sine
      ),
      ("nvarHorizon(delays: 3, horizon: 20, trials: 3, exponents: 1, readout: READOUT)", sine),
      (
        "localReservoirHorizon(units: 30, patches: 4, overlap: 3, washout: 50, horizon: 10, trials: 2, warmup: 30, readout: READOUT)",
        "kuramotoSivashinsky(length: 22, points: 32, train: 300, test: 100)"
      ),
      (
        "reservoirHorizon(units: 30, washout: 50, horizon: 20, trials: 3, warmup: 40, exponents: 1, readout: READOUT)",
        sine
      ),
    ], ["cholesky(lambda: 1e-3)", "ridge(lambda: 1e-3)"])
  func groupsHaveTheResultsOfTheirRuns(_ run: (experiment: String, data: String), _ readout: String) throws {
    let configurations = try (0..<3).map { seed in
      try Arm(
        "test",
        ["experiment": run.experiment.replacing("READOUT", with: readout), "data": run.data, "dtype": "float64"]
      ).configuration(base: [], seed: seed)
    }
    let data = try configurations[0].source().load(from: DataFolders(), progress: nil)
    let group = try #require(try ExperimentGroup(configurations))
    let results = try group.run(on: data)
    #expect(results.count == 3)
    for (configuration, result) in zip(configurations, results) {
      let alone = try configuration.runExperiment(on: data)
      #expect(alone.metrics.keys.sorted() == result.metrics.keys.sorted())
      for (name, value) in alone.metrics {
        let own = try #require(result.metrics[name])
        #expect(abs(own - value) <= 1e-4 * max(1e-3, abs(value)), "\(name): \(own), \(value)")
      }
      let (fitted, single) = (try #require(result.fitted), try #require(alone.fitted))
      let (one, other) = (
        try ModelFile(fitted, of: configuration, data), try ModelFile(single, of: configuration, data)
      )
      #expect(one.tensors.keys == other.tensors.keys)
    }
  }

  /// Nodes are read from plans, and a run has one text whatever its notation.
  @Test func plansNameNodes() throws {
    func configuration(_ text: String) throws -> RunConfiguration {
      try RunConfiguration(from: YAMLReader.options(text: text, source: "c.yml"))
    }
    let plain = try configuration("experiment: 'reservoirPrediction(network: [input, reservoir(units: 50), ridge])'")
    let unnamed = try configuration("experiment: reservoirPrediction(network: [input, reservoir(50), ridge])")
    #expect(plain.id == unnamed.id)
    #expect(try RunConfiguration(canonicalText: plain.canonicalText, source: "c").id == plain.id)
    let nested = try configuration(
      "experiment:\n  name: reservoirPrediction\n  network: [input, [reservoir(units: 5), reservoir(units: 6)], ridge]\n"
    )
    #expect(try nested.makeExperiment() != nil)
    for (text, part) in [
      ("reservoirPrediction(network: [input, resevoir, ridge])", "reservoir"),
      ("reservoirPrediction(units: 50, network: [input, reservoir, ridge])", "settings and readouts in its list"),
      ("reservoirPrediction(readout: qr, network: [input, reservoir, ridge])", "settings and readouts in its list"),
      (
        "reservoirPrediction(network: [node(reservoir, feedback: [out], reads: []), node(ridge, as: out)])",
        "node 'input'"
      ),
      ("reservoirPrediction(network: reservoir)", "is a list of nodes"),
    ] {
      #expect("\(text)") { try configuration("experiment: '\(text)'") } throws: { "\($0)".contains(part) }
    }
  }
}
