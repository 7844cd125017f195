import Figures
import OrderedCollections
import Reservoirs

/// An echo state network with feedback that learns a series and goes on with it by itself. It is saved as it stands
/// after the training data.
public struct ReservoirGeneration: Experiment, NetworkExperiment {
  public static let batchedSettings = ReservoirSettings.memberNumbers

  public static let declaration = Declaration(
    "reservoirGeneration", "an echo state network learns a series and goes on with it by itself",
    standard: ReservoirGeneration(),
    settings: ReservoirSettings.nodes.of(\.settings) + ReservoirSettings.settings.of(\.settings),
    check: { (method, options) throws(ConfigurationError) in
      try method.settings.check(against: ReservoirGeneration().settings, options)
    })

  var settings = ReservoirSettings(feedback: true, washout: 2000, readout: PseudoInverseReadout())

  init() {}

  public var recordedMetrics: [String] { ["nrmse", "nrmse_200", "train_nrmse"] }

  func run(
    _ models: inout any SeriesEnsemble, readouts: [any ReadoutRule]?, on data: DatasetPair
  ) throws -> [ExperimentResult] {
    let fits = try models.learn(
      Tensor(data.train.inputs), targets: Tensor(data.train.targets), washout: settings.washout, readouts: readouts)
    let fitted = models.models
    let generated = try models.goOn(steps: data.test.count).memberValues()
    return try fits.indices.map { index in
      try result(fits[index], generated[index].orDiverged, .series(fitted[index]), data)
    }
  }

  private func result(
    _ fit: ReadoutFit, _ generated: [Double], _ fitted: FittedReservoir, _ data: DatasetPair
  ) throws -> ExperimentResult {
    let channels = data.test.targets.shape.last ?? 1
    let expected: [Double] = try Tensor(data.test.targets).cast(to: .float64).values()
    let predicted: [Double] = try fit.outputs.cast(to: .float64).values()
    let targets: [Double] = try Tensor(data.train.targets).cast(to: fitted.dtype).cast(to: .float64).values()
    let learned = Array(targets.suffix(predicted.count))
    return ExperimentResult(
      metrics: Self.metrics(generated, expected, channels: channels).merging(["train_nrmse": fit.nrmse]) { $1 },
      charts: [
        SeriesChart.make("training", [("teacher", learned), ("prediction", predicted)], channels: channels),
        SeriesChart.make(
          "free run", [("teacher", expected), ("generation", generated)], channels: channels, steps: 5000),
      ], fitted: fitted)
  }

  private static func metrics(
    _ generated: [Double], _ expected: [Double], channels: Int
  ) -> OrderedDictionary<String, Double> {
    let early = min(200, expected.count / max(1, channels)) * channels
    return [
      "nrmse": SeriesComparison(generated, truth: expected).nrmse,
      "nrmse_200": SeriesComparison(Array(generated.prefix(early)), truth: Array(expected.prefix(early))).nrmse,
    ]
  }

  func scores(
    of fitted: FittedReservoir, on test: LabeledArrays, from start: ReservoirStart
  ) throws -> OrderedDictionary<String, Double> {
    let first =
      switch start {
      case .run, .after: 0
      case .rest: max(1, settings.washout)
      }
    try settings.checkWashout(first, of: test.count)
    let series: Tensor? =
      switch start {
      case .run: nil
      case .after(let train): Tensor(train.inputs)
      case .rest: Tensor(test.inputs).slice(0..<first)
      }
    // After it was driven, the network's output is the value after its last input: the first one that it feeds back.
    let expected: [Double] = try Tensor(test.targets).slice(first..<test.count).cast(to: .float64).values()
    var generated = [Double](repeating: .infinity, count: expected.count)
    do {
      generated = try fitted.generated(steps: test.count - first, after: series).cast(to: .float64).values()
    } catch ReservoirError.diverged {
      // What overflows is as far from the series as can be, and no reason to have no result.
    }
    return Self.metrics(generated, expected, channels: test.targets.shape.last ?? 1)
  }
}

extension [Double] {
  /// What a network generated; infinite if any of it isn't finite. What overflows is as far from the series as can be,
  /// and no reason to have no result.
  var orDiverged: [Double] { allSatisfy(\.isFinite) ? self : map { _ in .infinity } }
}

/// Charts of series, thinned to what a picture shows.
enum SeriesChart {
  static func make(
    _ title: String, _ series: [(name: String, values: [Double])], channels: Int = 1, steps: Int = 2000
  ) -> Chart {
    let lines = series.map { name, values in
      let first = stride(from: 0, to: min(values.count, steps * channels), by: channels).map { values[$0] }
      return LineSeries(name, y: first)
    }
    return Chart(title, x: ChartAxis("step"), lines: lines)
  }
}
