import Foundation
import Reservoirs
import TestSupport
import Testing

@testable import Plans

/// Networks of nodes that are trained by backpropagation: as a model of a run, and within an experiment.
@Suite(.tags(.engine)) struct NetworkTrainingTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func configuration(_ text: String) throws -> RunConfiguration {
    try RunConfiguration(from: YAMLReader.options(text: text, source: "c.yml"))
  }

  private func data(of configuration: RunConfiguration) throws -> DatasetPair {
    try configuration.source().load(from: DataFolders(), progress: nil)
  }

  private static let sequences = "sequences(data: narma(train: 600, test: 200), length: 40, washout: 10)"
  private static let network = "[input, reservoir(units: 12, biasScale: 0.2), cholesky(lambda: 1e-6)]"

  /// Every step's target in sequences, or the last one's in windows: the model fits either, with any method, and is saved.
  @Test(arguments: ["float32", "float64"]) func aNetworkIsAModel(_ dtype: String) throws {
    let own = try configuration(
      """
      model: {name: nodes, network: \(Self.network), washout: 10}
      data: '\(Self.sequences)'
      loss: meanSquaredError
      optimizer: adam(learningRate: 0.01)
      gradientRule: sam(rho: 0.001)
      averaging: ema(decay: 0.9)
      preprocessing: none
      batchSize: 5
      epochs: 30
      dtype: \(dtype)
      seed: 3
      evaluateBeforeTraining: true
      """)
    let pair = try data(of: own)
    let (trainer, history) = try Run(own, data: pair).train(writingTo: folder("run"))
    let losses = history.values("val_loss").map(\.value)
    #expect(losses.count == 31 && losses[30] < 0.6 * losses[0], "\(losses)")
    #expect(
      Set(trainer.variables.parameters.paths) == [
        "reservoir/recurrent", "reservoir/input", "reservoir/bias", "cholesky/readout",
      ])
    // The reservoir is the one that an experiment draws by the same seed.
    let layer = try ReservoirLayer(
      NodeNetwork(NodeGraph(parsing: Self.network), inputs: 1, outputs: 1, draws: .keyed(seed: 3)), washout: 10)
    let network = try layer.trained(by: trainer.variables.parameters)
    let again = try ReservoirLayer(network, washout: 10)
    let x = Tensor(pair.test.inputs).cast(to: .float64)
    let variables = try again.variables(for: x.type, key: Key(seed: 0), precision: .float64)
    let outputs: [Double] = try again.apply(variables, to: x, precision: .float64).output.values()
    let predicted: [Double] = try Tensor(trainer.predict(pair.test.inputs)).cast(to: .float64).values()
    #expect(zip(outputs, predicted).allSatisfy { abs($0 - $1) < (dtype == "float64" ? 1e-10 : 1e-4) })
    // The file's model is the trained one.
    let run = Run(own, data: pair)
    try ModelFile(trainer, of: run, after: history.epochs.last).write(to: folder("model.safetensors"))
    let loaded = try TrainedModel(contentsOf: folder("model.safetensors"))
    #expect(try loaded.outputs(pair.test.inputs) == trainer.predict(pair.test.inputs))
  }

  @Test func windowsHaveTheirLastStepsOutput() throws {
    try folder.write(
      "a,b\n" + (0..<120).map { "\(sin(0.3 * Double($0))),\(cos(0.2 * Double($0)))\n" }.joined(), to: "log.csv")
    for (network, count) in [
      ("[input, reservoir(units: 8), ridge]", 4),
      ("[input, node(reservoir(units: 8), as: a, feedback: [out]), node(ridge, as: out)]", 5),
    ] {
      let own = try configuration(
        """
        model: nodes(\(network))
        data: 'series(path: \(folder("log.csv")), train: 80, window: 12)'
        loss: meanSquaredError
        optimizer: adam(learningRate: 0.02)
        batchSize: 20
        epochs: 20
        """)
      let (trainer, history) = try Run(own, data: data(of: own)).train(writingTo: folder("run"))
      let losses = history.values("loss").map(\.value)
      #expect(trainer.outputType.shape == [1, 2] && trainer.variables.parameters.count == count)
      #expect(losses[19] < 0.5 * losses[0], "\(losses)")
    }
  }

  @Test func modelsOfNodesHaveOneText() throws {
    let texts = [
      "model: nodes([input, reservoir(units: 5), ridge])", "model: nodes([input, reservoir(5), ridge])",
      "model: nodes(network: [input, reservoir(units: 5), ridge])",
      "model:\n  name: nodes\n  network: [input, {name: reservoir, units: 5}, ridge]",
    ]
    #expect(try Set(texts.map { try configuration($0).id }).count == 1)
    let one = try configuration(texts[0])
    #expect(try RunConfiguration(canonicalText: one.canonicalText, source: "c").id == one.id)
    #expect(try configuration("model: nodes([input, reservoir(units: 6), ridge])").id != one.id)
    for (text, part) in [
      ("model: nodes", "'network' is missing"), ("model: nodes([input, resevoir, ridge])", "reservoir"),
      ("model: nodes(reservoir)", "is a list of nodes"),
    ] {
      #expect("\(text)") { try configuration(text) } throws: { "\($0)".contains(part) }
    }
    for (network, part) in [
      ("[input, node(reservoir(units: 4, unit: spiking), as: spikes), ridge]", "the node 'spikes'"),
      ("[input, [reservoir(units: 4), reservoir(units: 3)]]", "ask for them by name"),
    ] {
      let own = try configuration("model: nodes(\(network))\ndata: '\(Self.sequences)'\nloss: meanSquaredError")
      let error = #expect(throws: Diagnostic.self) { try Run(own, data: data(of: own)).trainer() }
      #expect("\(try #require(error))".contains(part))
    }
    let images = try configuration("model: nodes([input, ridge])\ndata: syntheticImages(train: 20, test: 10)")
    #expect(throws: Diagnostic.self) { try Run(images, data: data(of: images)).trainer() }
  }

  /// Seeds draw other reservoirs, and a program has one model: runs of a seed share it, whatever their methods' numbers.
  @Test func seedsOfAModelOfNodesAreTrainedApart() throws {
    func own(_ seed: Int, _ rate: Double, model: String = "nodes([input, reservoir(units: 5), ridge])") throws -> String
    {
      try configuration("model: \(model)\nseed: \(seed)\noptimizer: adam(learningRate: \(rate))").family
    }
    #expect(try own(0, 0.1) != own(1, 0.1) && own(0, 0.1) == own(0, 0.2))
    #expect(try own(0, 0.1, model: "mlp") == own(1, 0.1, model: "mlp"))
  }

  /// One graph by ridge regression, and by backpropagation from there: the error on the training series falls, and what is saved
  /// has the run's scores and goes on by itself.
  @Test(arguments: [
    (
      "reservoirPrediction(washout: 30, network: NETWORK)",
      "[input, reservoir(units: 12, biasScale: 0.2), cholesky(lambda: 0.1)]", "float64"
    ),
    ("reservoirPrediction(washout: 30, units: 12, radius: 0.6, readout: ridge(lambda: 0.1))", "", "float64"),
    (
      "reservoirPrediction(washout: 30, network: NETWORK)",
      "[input, reservoir(units: 8), reservoir(units: 6), qr(lambda: 0.1)]", "float32"
    ),
    (
      "reservoirGeneration(washout: 50, network: NETWORK)",
      "[input, reservoir(units: 12, biasScale: 0.2), ridge(lambda: 0.1)]", "float64"
    ),
    (
      "reservoirGeneration(washout: 50, network: NETWORK)",
      "[node(reservoir(units: 12, gain: 0.7, biasScale: 0.2), as: a, feedback: [out], reads: []), node(ridge(lambda: 0.1), as: out)]",
      "float64"
    ),
    ("reservoirGeneration(washout: 50, units: 12, gain: 0.7, readout: ridge(lambda: 0.1))", "", "float64"),
    (
      "reservoirHorizon(washout: 50, horizon: 10, trials: 4, warmup: 40, network: NETWORK)",
      "[input, [reservoir(units: 8), nvar(delays: 2)], cholesky(lambda: 0.1)]", "float64"
    ),
  ]) func experimentsTrainWhatTheyHaveFitted(_ experiment: String, _ network: String, _ dtype: String) throws {
    let data = "sines(periods: [23, 9], train: 500, test: 200)"
    func run(_ training: String) throws -> (
      result: ExperimentResult, configuration: RunConfiguration, pair: DatasetPair
    ) {
      let text = String(experiment.dropLast()).replacing("NETWORK", with: network) + training + ")"
      let configuration = try Arm("test", ["experiment": text, "data": data, "dtype": dtype])
        .configuration(base: [], seed: 2)
      let pair = try self.data(of: configuration)
      return (try configuration.runExperiment(on: pair), configuration, pair)
    }
    let ridge = try run("").result
    let (trained, configuration, pair) = try run(
      ", training: backpropagation(optimizer: adam(learningRate: cosine(initial: 0.003)), gradientRule: sam(rho: 0.0001), averaging: ema(decay: 0.9), epochs: 40, length: 40, washout: 30, batchSize: 3)"
    )
    #expect(trained.metrics.keys.sorted() == ridge.metrics.keys.sorted())
    let (before, after) = (try #require(ridge.metrics["train_nrmse"]), try #require(trained.metrics["train_nrmse"]))
    #expect(after < before, "\(after) after, \(before) before")
    // Without an epoch it is what the regression gave.
    let untrained = try run(", training: backpropagation(epochs: 0, length: 40)").result
    let same = try #require(untrained.metrics["train_nrmse"])
    #expect(abs(same - before) <= 0.02 * before, "\(same), \(before)")
    try ModelFile(try #require(trained.fitted), of: configuration, pair).write(to: folder("model.safetensors"))
    let model = try ReservoirModel(contentsOf: folder("model.safetensors"))
    for (name, value) in try model.evaluate(EvaluationData(for: model.file)) {
      let expected = try #require(trained.metrics[name])
      #expect(abs(value - expected) <= 1e-5 * abs(expected) + 1e-8, "\(name): \(value), \(expected)")
    }
    #expect(try model.generate(steps: 5).values.shape == [5, 1])
    // With its readouts fitted again it is no worse than before by its rule.
    let refitted = try run(
      ", training: backpropagation(optimizer: adam(learningRate: cosine(initial: 0.003)), epochs: 40, length: 40, washout: 30, batchSize: 3, refits: true)"
    ).result
    #expect(try #require(refitted.metrics["train_nrmse"]) < before)
    // Trainings don't share programs.
    #expect(try ExperimentGroup([configuration, configuration]) == nil)
  }

  @Test func trainingIsReadAndChecked() throws {
    let text = "reservoirPrediction(network: [input, reservoir(units: 5), ridge], training: TRAINING)"
    func own(_ training: String) throws -> RunConfiguration {
      try configuration("experiment: '\(text.replacing("TRAINING", with: training))'")
    }
    #expect(
      try own("none").id
        == configuration("experiment: 'reservoirPrediction(network: [input, reservoir(units: 5), ridge])'").id)
    #expect(
      try own("backpropagation(optimizer: sgd(0.1))").id == own("backpropagation(optimizer: sgd(learningRate: 0.1))").id
    )
    #expect(throws: (any Error).self) { try own("backpropagation(optimizer: sgdd)") }
    #expect(throws: (any Error).self) { try own("evolution") }
    let spiking = try configuration(
      "experiment: 'reservoirPrediction(network: [input, reservoir(units: 5, unit: spiking), ridge(lambda: 1)], training: backpropagation)'\ndata: sine(train: 300, test: 50)"
    )
    #expect { try spiking.runExperiment(on: data(of: spiking)) } throws: {
      if case ReservoirError.undifferentiable("reservoir", _) = $0 { true } else { false }
    }
  }

  /// Numbers of a list's methods are set by path, and runs that differ by such numbers are one family, and one program.
  @Test func numbersOfNodesAreAGrid() throws {
    let base =
      "reservoirPrediction(washout: 50, network: [input, [reservoir(units: 20, leak: 0.5), nvar(delays: 2)], reservoir(units: 10), cholesky(lambda: 1e-4)])"
    func own(_ settings: [String: String], seed: Int = 0) throws -> RunConfiguration {
      try Arm("test", settings).configuration(
        base: [Override](
          ["experiment": base, "data": "narma(train: 300, test: 100)", "dtype": "float64"], origin: "base"), seed: seed)
    }
    let runs = try [
      own([:]), own(["experiment.network.reservoir1.leak": "0.3"]), own(["experiment.network.reservoir1.leak": "1"]),
      own(["experiment.network.reservoir2.radius": "0.7", "experiment.network.cholesky.lambda": "1e-2"]),
      own(["experiment.network.cholesky.lambda": "1e-2"]), own([:], seed: 1),
    ]
    #expect(Set(runs.map(\.id)).count == 6 && Set(runs.map(\.family)).count == 1)
    #expect(runs[1].canonicalText.contains("leak: 0.3"))
    let pair = try data(of: runs[0])
    let results = try #require(try ExperimentGroup(runs)).run(on: pair)
    for (run, result) in zip(runs, results) {
      for (name, value) in try run.runExperiment(on: pair).metrics {
        #expect(abs(try #require(result.metrics[name]) - value) <= 1e-6 * abs(value), "\(run.canonicalText) \(name)")
      }
    }
    #expect(try own(["experiment.network.reservoir1.units": "21"]).family != runs[0].family)
    #expect(try own(["experiment.network.nvar.delays": "3"]).family != runs[0].family)
    for path in ["experiment.network.reservoir.leak", "experiment.network.reservoir3.leak", "experiment.network.leak"] {
      #expect("\(path)") { try own([path: "0.3"]) } throws: { "\($0)".contains("reservoir1") }
    }
    #expect(throws: (any Error).self) { try own(["experiment.network.reservoir1.leek": "0.3"]) }
  }
}
