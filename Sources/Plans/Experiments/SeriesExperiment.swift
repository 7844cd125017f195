import OrderedCollections
import Reservoirs

/// An experiment with a model of a series, whose runs can go side by side in one program.
protocol SeriesExperiment: ReservoirExperiment {
  /// How the model's readout is computed; nil for the rules of its nodes.
  var rule: (any ReadoutRule)? { get }

  /// Whether several runs' models can be computed in one program.
  var runsTogether: Bool { get }

  /// The model of one run, as it is drawn.
  func model(for data: DatasetPair, _ setting: ExperimentSetting) throws -> any SeriesModel

  /// ``Experiment/run(on:_:)`` of models that are alike, which differ in what they have been drawn from.
  /// - Parameter readouts: one for each model; nil for their own.
  /// - Returns: a result for each model.
  func run(
    _ models: inout any SeriesEnsemble, readouts: [any ReadoutRule]?, on data: DatasetPair
  ) throws -> [ExperimentResult]
}

extension SeriesExperiment {
  var runsTogether: Bool { true }

  public func run(on data: DatasetPair, _ setting: ExperimentSetting) throws -> ExperimentResult {
    var models: any SeriesEnsemble = SingleModel(try model(for: data, setting))
    return try run(&models, readouts: rule.map { [$0] }, on: data)[0]
  }
}

/// A series experiment of one reservoir with one readout, or of a network of nodes in their place.
protocol NetworkExperiment: SeriesExperiment {
  var settings: ReservoirSettings { get }
}

extension NetworkExperiment {
  var rule: (any ReadoutRule)? { settings.network == nil ? settings.readout : nil }
  var runsTogether: Bool { settings.training == nil }

  func warning(_ dtype: DType) -> String? { settings.warning(dtype) }

  func model(for data: DatasetPair, _ setting: ExperimentSetting) throws -> any SeriesModel {
    let drawn = try drawn(for: data, setting)
    guard let training = settings.training else { return drawn }
    let nodes = try (drawn as? EchoStateNetwork).map { try NodeNetwork($0) } ?? drawn as? NodeNetwork
    return nodes.map { BackpropagatedNetwork($0, by: training, seed: setting.seed) } ?? drawn
  }

  /// The model before it is trained.
  private func drawn(for data: DatasetPair, _ setting: ExperimentSetting) throws -> any SeriesModel {
    let outputs = data.train.targets.shape.last ?? 1
    let inputs = data.train.inputs.shape.last ?? 1
    guard let graph = settings.network else {
      return try settings.network(inputs: settings.reservoir.feedback ? 0 : inputs, outputs: outputs, setting)
    }
    return try NodeNetwork(
      graph, inputs: graph.hasInput ? inputs : 0, outputs: outputs, draws: setting.reservoirDraws, dtype: setting.dtype)
  }
}

/// A series experiment that predicts from many points of the test data.
protocol HorizonExperiment: SeriesExperiment {
  var horizon: HorizonSettings { get }
  /// Steps at the start that nothing is learned from.
  var learningWashout: Int { get }
}

extension HorizonExperiment {
  public var recordedMetrics: [String] { horizon.metrics + ["train_nrmse"] }

  func run(
    _ models: inout any SeriesEnsemble, readouts: [any ReadoutRule]?, on data: DatasetPair
  ) throws -> [ExperimentResult] {
    let fits = try models.learn(
      Tensor(data.train.inputs), targets: Tensor(data.train.targets), washout: learningWashout, readouts: readouts)
    let (fitted, trials) = (models.models, try HorizonTrials(horizon, data.test))
    let predictions = try models.forecast(steps: horizon.horizon, after: trials.driving).memberValues()
    return try fits.indices.map { index in
      let exponents = try horizon.recorded {
        try fitted[index].lyapunovExponents(horizon.exponents, steps: 5000, skipped: 500)
      }
      return trials.result(
        predictions[index].orDiverged, trainError: fits[index].nrmse, exponents: exponents,
        fitted: .series(fitted[index]))
    }
  }

  /// Trials begin at rest, wherever the model stands.
  func scores(
    of fitted: FittedReservoir, on test: LabeledArrays, from start: ReservoirStart
  ) throws -> OrderedDictionary<String, Double> {
    var models = SingleModel(try fitted.asModel())
    let trials = try HorizonTrials(horizon, test)
    let predictions = try models.forecast(steps: horizon.horizon, after: trials.driving).memberValues()
    return trials.scores(predictions[0].orDiverged).metrics
  }
}
