import OrderedCollections
import Reservoirs

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
