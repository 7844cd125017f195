import Figures
import OrderedCollections
import Reservoirs

/// An echo state network with feedback that learns a series and goes on with it by itself. It is saved as it stands
/// after the training data.
public struct ReservoirGeneration: Experiment, EnsembleExperiment {
  public static let batchedSettings = ReservoirSettings.memberNumbers

  public static let declaration = Declaration(
    "reservoirGeneration", "an echo state network learns a series and goes on with it by itself",
    standard: ReservoirGeneration(),
    settings: ReservoirSettings.settings.of(\.settings))

  var settings = ReservoirSettings(feedback: true, washout: 2000, readout: PseudoInverseReadout())

  init() {}

  public var recordedMetrics: [String] { ["nrmse", "nrmse_200", "train_nrmse"] }

  public func run(on data: DatasetPair, _ setting: ExperimentSetting) throws -> ExperimentResult {
    var network = try network(for: data, setting)
    let fit = try network.fit(
      teacher: Self.teacher(data, setting.dtype), washout: settings.washout, readout: settings.readout)
    let fitted = network
    let generated = try Self.generated(&network, steps: data.test.count)
    return try result(fit, generated, fitted, data)
  }

  func network(for data: DatasetPair, _ setting: ExperimentSetting) throws -> EchoStateNetwork {
    try settings.network(inputs: 0, outputs: data.train.targets.shape.last ?? 1, setting)
  }

  func run(
    _ ensemble: inout ReservoirEnsemble, readouts: [any ReadoutRule], on data: DatasetPair
  ) throws -> [ExperimentResult] {
    let fits = try ensemble.fit(
      teacher: Self.teacher(data, ensemble[0].reservoir.dtype), washout: settings.washout, readouts: readouts)
    let fitted = ensemble
    let generated = try ensemble.generate(steps: data.test.count).memberValues()
    return try fits.indices.map { index in
      try result(fits[index], generated[index].orDiverged, fitted[index], data)
    }
  }

  /// The training data as one series. A file's series may have another type than its next values.
  private static func teacher(_ data: DatasetPair, _ dtype: DType) -> Tensor {
    let targets = Tensor(data.train.targets).cast(to: dtype)
    return Tensor.concatenate([
      Tensor(data.train.inputs).cast(to: dtype), targets.slice(targets.shape[0] - 1..<targets.shape[0]),
    ])
  }

  private func result(
    _ fit: ReadoutFit, _ generated: [Double], _ fitted: EchoStateNetwork, _ data: DatasetPair
  ) throws -> ExperimentResult {
    let (channels, dtype) = (fitted.reservoir.outputs, fitted.reservoir.dtype)
    let expected: [Double] = try Tensor(data.test.targets).cast(to: .float64).values()
    let predicted: [Double] = try fit.outputs.cast(to: .float64).values()
    let targets = Tensor(data.train.targets).cast(to: dtype)
    let learned: [Double] = try targets.slice(settings.washout..<targets.shape[0]).cast(to: .float64).values()
    return ExperimentResult(
      metrics: Self.metrics(generated, expected, channels: channels).merging(["train_nrmse": fit.nrmse]) { $1 },
      charts: [
        SeriesChart.make("training", [("teacher", learned), ("prediction", predicted)], channels: channels),
        SeriesChart.make(
          "free run", [("teacher", expected), ("generation", generated)], channels: channels, steps: 5000),
      ], fitted: .network(fitted))
  }

  private static func generated(_ network: inout EchoStateNetwork, steps: Int) throws -> [Double] {
    do {
      return try network.generate(steps: steps).cast(to: .float64).values()
    } catch ReservoirError.diverged {
      // What overflows is as far from the series as can be, and no reason to have no result.
      return [Double](repeating: .infinity, count: steps * network.reservoir.outputs)
    }
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
    var (network, first) = (try fitted.asNetwork(), 0)
    let inputs = Tensor(test.inputs).cast(to: network.reservoir.dtype)
    switch start {
    case .run: break
    case .after(let train):
      try network.reset()
      try network.drive(teacher: Tensor(train.inputs))
    case .rest:
      first = max(1, settings.washout)
      try settings.checkWashout(first, of: test.count)
      try network.reset()
      try network.drive(teacher: inputs.slice(0..<first))
    }
    let rest: [Double] = try Tensor(test.targets).cast(to: .float64).slice(first..<test.count).values()
    // After it was driven, the network's output is the value after its last input: the first one that it feeds back.
    let generated = try Self.generated(&network, steps: test.count - first)
    return Self.metrics(generated, rest, channels: network.reservoir.outputs)
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
