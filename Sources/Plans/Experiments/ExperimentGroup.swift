import Configuration
import Reservoirs

/// An experiment with echo state networks that can run side by side in one program, other than a ``SeriesExperiment``.
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
  private enum Members {
    case series([any SeriesExperiment])
    case others([any EnsembleExperiment])
  }

  private let members: Members
  private let settings: [ExperimentSetting]

  /// - Returns: nil if the runs can't share programs.
  /// - Throws: `ConfigurationError`.
  public init?(_ runs: [RunConfiguration]) throws(ConfigurationError) {
    var experiments: [any ReservoirExperiment] = []
    for run in runs {
      guard let experiment = try run.makeExperiment() as? any ReservoirExperiment else { return nil }
      experiments.append(experiment)
    }
    guard runs.count > 1, Set(runs.map(\.family)).count == 1 else { return nil }
    let (series, others) = (
      experiments.compactMap { $0 as? any SeriesExperiment }, experiments.compactMap { $0 as? any EnsembleExperiment }
    )
    guard series.allSatisfy(\.runsTogether) else { return nil }
    if series.count == runs.count {
      members = .series(series)
    } else if others.count == runs.count {
      members = .others(others)
    } else {
      return nil
    }
    settings = runs.map(\.experimentSetting)
  }

  /// - Returns: a result for each run, in their order: up to rounding what it is alone.
  /// - Throws: as `RunConfiguration.runExperiment(on:)` does, if any of them would.
  public func run(on data: DatasetPair) throws -> [ExperimentResult] {
    try data.checkFinite()
    switch members {
    case .series(let experiments):
      let models = try drawn(experiments, \.drawnReservoir) { try $0.model(for: data, $1) }
      var ensemble = try models.ensemble()
      let rules = experiments.compactMap(\.rule)
      guard rules.isEmpty || rules.count == models.count else {
        throw ReservoirError.readouts(count: rules.count, networks: models.count)
      }
      return try experiments[0].run(&ensemble, readouts: rules.isEmpty ? nil : rules, on: data)
    case .others(let experiments):
      var ensemble = try ReservoirEnsemble(
        drawn(experiments, \.settings.reservoir) { try $0.network(for: data, $1) })
      return try experiments[0].run(&ensemble, readouts: experiments.map { $0.settings.readout }, on: data)
    }
  }

  /// What the runs' models are drawn as: runs that differ by their readouts have one, which is drawn once.
  private func drawn<Member, Model>(
    _ experiments: [Member], _ reservoir: (Member) -> Reservoir?,
    _ draw: (Member, ExperimentSetting) throws -> Model
  ) throws -> [Model] {
    var drawn: [Draw: Model] = [:]
    return try zip(experiments, settings).map { experiment, setting in
      guard let reservoir = reservoir(experiment) else { return try draw(experiment, setting) }
      let key = Draw(reservoir: reservoir, setting: setting)
      let model = try drawn[key] ?? draw(experiment, setting)
      drawn[key] = model
      return model
    }
  }

  /// What a network is drawn from.
  private struct Draw: Hashable {
    let reservoir: Reservoir
    let setting: ExperimentSetting
  }
}

extension SeriesExperiment {
  /// The reservoir that all of the model is drawn from; nil where there is more.
  fileprivate var drawnReservoir: Reservoir? {
    (self as? any NetworkExperiment).flatMap { $0.settings.network == nil ? $0.settings.reservoir : nil }
  }
}

extension RunConfiguration {
  /// What to expect of the experiment in the run's element type, where its results would be wrong without a word.
  public func experimentWarning() throws(ConfigurationError) -> String? {
    (try makeExperiment() as? any ReservoirExperiment)?.warning(dtype)
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
