import Figures
import OrderedCollections
import Reservoirs

/// An echo state network without feedback that is driven by the data's inputs and learns their targets: the next value
/// of a series, or another series.
///
/// Errors on the test data, through which the network goes on from the training data: `nmse` is the mean squared error
/// over the targets' variance, `nrmse` its root; `measure` adds another. The network is saved as it stands after the
/// test data.
public struct ReservoirPrediction: Experiment, NetworkExperiment {
  public static let batchedSettings = ReservoirSettings.memberNumbers

  public static let declaration = Declaration(
    "reservoirPrediction", "an echo state network learns targets from the inputs that drive it",
    standard: ReservoirPrediction(),
    settings: [
      Setting(
        "measure", \.measure, .word,
        "what is measured besides the error: memoryCapacity, the sum of the targets' squared correlations, or symbolErrors, the "
          + "share of outputs nearest to a wrong value")
    ] + ReservoirSettings.nodes.of(\.settings) + ReservoirSettings.settings.of(\.settings),
    check: { (method, options) throws(ConfigurationError) in
      try method.settings.check(against: ReservoirPrediction().settings, options)
      guard method.settings.network?.hasInput ?? true else {
        throw .invalid(message: "needs a 'network' with a node 'input'", origin: options.origin(of: "network"))
      }
    })

  /// What is measured besides the error.
  enum Measure: String, Sendable, CaseIterable {
    case error, memoryCapacity, symbolErrors

    /// Nil where nothing is.
    var metric: String? {
      switch self {
      case .error: nil
      case .memoryCapacity: "memory_capacity"
      case .symbolErrors: "symbol_error_rate"
      }
    }

    func value(_ comparison: SeriesComparison) -> Double {
      switch self {
      case .error: comparison.nrmse
      case .memoryCapacity: comparison.squaredCorrelations.reduce(0, +)
      case .symbolErrors: comparison.symbolErrorRate
      }
    }
  }

  var settings = ReservoirSettings(feedback: false, washout: 100, readout: CrossValidatedReadout())

  var measure = Measure.error

  init() {}

  public var recordedMetrics: [String] {
    ["nmse", "nrmse"] + [measure.metric].compactMap(\.self) + ["train_nrmse", "lambda"]
  }

  func run(
    _ models: inout any SeriesEnsemble, readouts: [any ReadoutRule]?, on data: DatasetPair
  ) throws -> [ExperimentResult] {
    let fits = try models.learn(
      Tensor(data.train.inputs), targets: Tensor(data.train.targets), washout: settings.washout, readouts: readouts)
    let predicted = try models.follow(Tensor(data.test.inputs)).memberValues()
    let fitted = models.models
    return try fits.indices.map { try result(fits[$0], predicted[$0], .series(fitted[$0]), data) }
  }

  private func result(
    _ fit: ReadoutFit, _ predicted: [Double], _ fitted: FittedReservoir, _ data: DatasetPair
  ) throws -> ExperimentResult {
    let targets: [Double] = try Tensor(data.test.targets).cast(to: .float64).values()
    let channels = data.test.targets.shape.last ?? 1
    let learned: OrderedDictionary = ["train_nrmse": fit.nrmse, "lambda": fit.lambda]
    return ExperimentResult(
      metrics: metrics(predicted, targets, channels: channels).merging(learned) { $1 },
      charts: [
        SeriesChart.make(
          "test data", [("target", targets), ("prediction", predicted)], channels: channels, steps: 400)
      ], fitted: fitted)
  }

  private func metrics(
    _ predicted: [Double], _ targets: [Double], channels: Int
  ) -> OrderedDictionary<String, Double> {
    let comparison = SeriesComparison(predicted, truth: targets, channels: channels)
    var metrics: OrderedDictionary = ["nmse": comparison.nmse, "nrmse": comparison.nrmse]
    if let name = measure.metric { metrics[name] = measure.value(comparison) }
    return metrics
  }

  func scores(
    of fitted: FittedReservoir, on test: LabeledArrays, from start: ReservoirStart
  ) throws -> OrderedDictionary<String, Double> {
    let first =
      switch start {
      case .run(_?), .after: 0
      case .run, .rest: settings.washout
      }
    try settings.checkWashout(first, of: test.count)
    let predicted = try fitted.predicted(Tensor(test.inputs), after: start).slice(first..<test.count)
    let targets = Tensor(test.targets).slice(first..<test.count)
    return try metrics(
      predicted.cast(to: .float64).values(), targets.cast(to: .float64).values(),
      channels: test.targets.shape.last ?? 1)
  }
}
