import Figures
import OrderedCollections
import Reservoirs

/// What a run may be instead of a training by `fit`: something with a seed that looks at data and gives numbers.
///
/// A run's configuration names it (`experiment: …`); plans, the store, workers, verdicts and reports treat its run as
/// any other, as one epoch with these numbers.
public protocol Experiment: Configurable {
  /// The names of what it records.
  var recordedMetrics: [String] { get }

  /// - Parameter setting: what the run's configuration has besides the experiment's own options.
  /// - Throws: whatever keeps it from its numbers; the run then counts as failed.
  func run(on data: DatasetPair, _ setting: ExperimentSetting) throws -> ExperimentResult
}

/// What an experiment gets besides its own options.
public struct ExperimentSetting: Sendable, Hashable {
  public let seed: UInt32
  public let dtype: DType
  public let rng: RNG
}

/// What an experiment showed.
public struct ExperimentResult: Sendable {
  /// By name, as ``Experiment/recordedMetrics`` lists them.
  public let metrics: OrderedDictionary<String, Double>
  /// What is worth seeing.
  public let charts: [Chart]
  /// What was fitted, for use afterwards: `tanren run` saves it. Nil if nothing is worth saving.
  public let network: EchoStateNetwork?

  public init(metrics: OrderedDictionary<String, Double>, charts: [Chart], network: EchoStateNetwork? = nil) {
    (self.metrics, self.charts, self.network) = (metrics, charts, network)
  }
}

extension RunConfiguration {
  /// Runs the experiment.
  /// - Throws: `ConfigurationError` if there is none, `TrainingError.notFinite` for data with NaN or infinite numbers, and
  ///   what the experiment throws.
  public func runExperiment(on data: DatasetPair) throws -> ExperimentResult {
    guard let made = try makeExperiment() else {
      throw ConfigurationError.invalid(message: "the run is a training, not an experiment", origin: "")
    }
    try data.train.checkFinite("training")
    try data.test.checkFinite("test")
    return try made.run(
      on: data, ExperimentSetting(seed: UInt32(clamping: seed), dtype: dtype, rng: rng))
  }
}
