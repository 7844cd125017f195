import OrderedCollections
import Reservoirs

/// What a reservoir experiment fits.
public enum FittedReservoir: Sendable {
  /// Predicts or generates a series.
  case network(EchoStateNetwork)
  /// The same, of several nodes.
  case nodes(NodeNetwork)
  /// Classifies sequences.
  case classifier(EchoStateClassifier)

  /// The element type of what it puts out.
  var dtype: DType {
    switch self {
    case .network(let network): network.reservoir.dtype
    case .nodes(let network): network.dtype
    case .classifier(let classifier): classifier.network.reservoir.dtype
    }
  }

  /// - Throws: `ReservoirError` for another kind.
  func asNetwork() throws(ReservoirError) -> EchoStateNetwork {
    guard case .network(let network) = self else {
      throw .malformedFile(path: nil, reason: "it holds another kind of model than its experiment fits")
    }
    return network
  }

  /// What is put out over inputs, `[steps, outputs]`, after what drives it before.
  func predicted(_ inputs: Tensor, after start: ReservoirStart) throws -> Tensor {
    let before: Tensor? =
      switch start {
      case .run(let train?), .after(let train): Tensor(train.inputs)
      case .run, .rest: nil
      }
    guard case .nodes(var nodes) = self else {
      var network = try asNetwork()
      try network.reset()
      if let before { try network.drive(inputs: before) }
      return try network.predict(inputs: inputs)
    }
    try nodes.reset()
    if let before { try nodes.run(inputs: before, nodes: []) }
    return try nodes.predict(inputs: inputs)
  }

  /// What is generated, `[steps, outputs]`.
  /// - Parameter series: what drives it from rest, the value after which comes first but isn't given; nil to go on from where it
  ///   stands.
  func generated(steps: Int, after series: Tensor?) throws -> Tensor {
    guard case .nodes(var nodes) = self else {
      var network = try asNetwork()
      if let series {
        try network.reset()
        try network.drive(teacher: series)
      }
      return try network.generate(steps: steps)
    }
    guard let series else { return try nodes.generate(steps: steps) }
    return try nodes.forecast(steps: steps + 1, after: series).slice(1..<steps + 1)
  }
}

/// Networks of nodes in experiments.
extension NodeNetwork {
  /// A network for a data set.
  init(_ graph: NodeGraph, for data: DatasetPair, _ setting: ExperimentSetting) throws {
    try self.init(
      graph, inputs: graph.hasInput ? data.train.inputs.shape.last ?? 1 : 0,
      outputs: data.train.targets.shape.last ?? 1, draws: setting.reservoirDraws, dtype: setting.dtype)
  }

  /// Learns the targets after each input; without an input the whole series, which the readout's teacher then is.
  /// - Returns: what the last readout learned.
  mutating func fit(toSeriesOf train: LabeledArrays, washout: Int) throws -> ReadoutFit {
    let (series, targets) = (Tensor(train.inputs), Tensor(train.targets))
    let fits =
      try inputs > 0
      ? fit(inputs: series, teacher: targets, washout: washout)
      : fit(
        teacher: .concatenate([series.slice(0..<1).cast(to: dtype), targets.cast(to: dtype)]), washout: washout)
    guard let last = fits.values.last else { throw ReservoirError.notFitted }
    return last
  }
}

extension HorizonTrials {
  /// What a network gives for each trial, `[trials, horizon, channels]`.
  func predictions(of network: NodeNetwork) throws -> [Double] {
    var network = network
    do {
      return try network.forecast(steps: settings.horizon, after: driving).cast(to: .float64).values()
    } catch ReservoirError.diverged {
      // What overflows is as far from the series as can be, and no reason to have no result.
      return [Double](repeating: .infinity, count: settings.trials * settings.horizon * channels)
    }
  }
}

extension HorizonSettings {
  /// The metrics of a saved network of nodes on test data. Trials begin at rest, wherever it stands.
  func scores(of fitted: FittedReservoir, on test: LabeledArrays) throws -> OrderedDictionary<String, Double> {
    guard case .nodes(let network) = fitted else {
      throw ReservoirError.malformedFile(path: nil, reason: "it holds no network of nodes")
    }
    let trials = try HorizonTrials(self, test)
    return trials.scores(try trials.predictions(of: network)).metrics
  }
}
