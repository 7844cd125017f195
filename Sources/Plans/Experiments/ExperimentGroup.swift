import Configuration
import Reservoirs

/// An experiment whose networks can run side by side in one program.
protocol EnsembleExperiment: ReservoirExperiment {
  var settings: ReservoirSettings { get }

  /// The network of one run, as it is drawn.
  func network(for data: DatasetPair, _ setting: ExperimentSetting) throws -> EchoStateNetwork

  /// ``Experiment/run(on:_:)`` of networks that are alike, which differ in what they have been drawn from.
  /// - Parameter readouts: one for each network.
  /// - Returns: a result for each network.
  func run(
    _ ensemble: inout ReservoirEnsemble, readouts: [any ReadoutRule], on data: DatasetPair
  ) throws -> [ExperimentResult]
}

/// Runs of one ``RunConfiguration/family`` that are experiments with reservoirs, computed in shared programs.
public struct ExperimentGroup {
  private let experiments: [any EnsembleExperiment]
  private let settings: [ExperimentSetting]

  /// - Returns: nil if the runs can't share programs.
  /// - Throws: `ConfigurationError`.
  public init?(_ runs: [RunConfiguration]) throws(ConfigurationError) {
    var experiments: [any EnsembleExperiment] = []
    for run in runs {
      guard let experiment = try run.makeExperiment() as? any EnsembleExperiment else { return nil }
      experiments.append(experiment)
    }
    guard runs.count > 1, Set(runs.map(\.family)).count == 1, experiments.allSatisfy({ $0.settings.network == nil })
    else { return nil }
    (self.experiments, settings) = (experiments, runs.map(\.experimentSetting))
  }

  /// - Returns: a result for each run, in their order: up to rounding what it is alone.
  /// - Throws: as `RunConfiguration.runExperiment(on:)` does, if any of them would.
  public func run(on data: DatasetPair) throws -> [ExperimentResult] {
    try data.checkFinite()
    // Runs that differ by their readouts have one network, which is drawn once.
    var drawn: [Draw: EchoStateNetwork] = [:]
    let networks = try zip(experiments, settings).map { experiment, setting in
      let draw = Draw(reservoir: experiment.settings.reservoir, setting: setting)
      let network = try drawn[draw] ?? experiment.network(for: data, setting)
      drawn[draw] = network
      return network
    }
    var ensemble = try ReservoirEnsemble(networks)
    return try experiments[0].run(&ensemble, readouts: experiments.map { $0.settings.readout }, on: data)
  }

  /// What a network is drawn from.
  private struct Draw: Hashable {
    let reservoir: Reservoir
    let setting: ExperimentSetting
  }
}

extension RunConfiguration {
  /// What to expect of the experiment in the run's element type, where its results would be wrong without a word.
  public func experimentWarning() throws(ConfigurationError) -> String? {
    (try makeExperiment() as? any EnsembleExperiment)?.settings.warning(dtype)
  }
}

extension Tensor {
  /// The values of each member of `[members, …]`.
  func memberValues() throws -> [[Double]] {
    let values: [Double] = try cast(to: .float64).values()
    let size = values.count / Swift.max(1, shape[0])
    return (0..<shape[0]).map { Array(values[$0 * size..<($0 + 1) * size]) }
  }
}
