import Figures
import OrderedCollections
import Reservoirs

/// What a run may be instead of a training by `fit`: something with a seed that looks at data and gives numbers.
///
/// A run's configuration names it (`experiment: …`); plans, the store, workers, verdicts and reports treat its run as
/// any other, as one epoch with these numbers.
public protocol Experiment: Configurable {
  /// The numbers in which runs that share a program may differ; `readout.lambda` is a number of the method `readout`.
  static var batchedSettings: Set<String> { get }

  /// The names of what it records.
  var recordedMetrics: [String] { get }

  /// - Parameter setting: what the run's configuration has besides the experiment's own options.
  /// - Throws: whatever keeps it from its numbers; the run then counts as failed.
  func run(on data: DatasetPair, _ setting: ExperimentSetting) throws -> ExperimentResult
}

extension Experiment {
  public static var batchedSettings: Set<String> { [] }
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
  public let fitted: FittedReservoir?
  /// The echo state network that was fitted, nil for anything else.
  public var network: EchoStateNetwork? {
    if case .series(let model) = fitted { model as? EchoStateNetwork } else { nil }
  }

  public init(metrics: OrderedDictionary<String, Double>, charts: [Chart], fitted: FittedReservoir? = nil) {
    (self.metrics, self.charts, self.fitted) = (metrics, charts, fitted)
  }
}

/// Where a network stands before the test data.
enum ReservoirStart {
  /// Where it stood in its run, whose training data these are.
  case run(LabeledArrays?)
  /// After other data, which drive it from rest.
  case after(LabeledArrays)
  case rest
}

/// An experiment with a reservoir, which can be evaluated again once it is fitted.
protocol ReservoirExperiment: Experiment {
  /// The metrics of test data, under the names that a run records.
  /// - Throws: `ReservoirError` for data that don't fit.
  func scores(
    of fitted: FittedReservoir, on test: LabeledArrays, from start: ReservoirStart
  ) throws -> OrderedDictionary<String, Double>

  /// What to expect of it in an element type, where its results would be wrong without a word.
  func warning(_ dtype: DType) -> String?
}

extension ReservoirExperiment {
  func warning(_ dtype: DType) -> String? { nil }
}

extension RunConfiguration {
  /// Runs the experiment.
  /// - Throws: `ConfigurationError` if there is none, `TrainingError.notFinite` for data with NaN or infinite numbers, and
  ///   what the experiment throws.
  public func runExperiment(on data: DatasetPair) throws -> ExperimentResult {
    guard let made = try makeExperiment() else {
      throw ConfigurationError.invalid(message: "the run is a training, not an experiment", origin: "")
    }
    try data.checkFinite()
    return try made.run(on: data, experimentSetting)
  }

  /// What the run's experiment gets besides its own options.
  var experimentSetting: ExperimentSetting {
    ExperimentSetting(seed: UInt32(clamping: seed), dtype: dtype, rng: rng)
  }
}

extension DatasetPair {
  /// - Throws: `TrainingError.notFinite`.
  func checkFinite() throws {
    try train.checkFinite("training")
    try test.checkFinite("test")
  }
}
