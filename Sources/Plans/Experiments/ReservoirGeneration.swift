import Figures
import Reservoirs

/// An echo state network with feedback that learns a series and goes on with it by itself. It is saved as it stands after the
/// training data.
public struct ReservoirGeneration: Experiment {
  public static let declaration = Declaration(
    "reservoirGeneration", "an echo state network learns a series and goes on with it by itself",
    standard: ReservoirGeneration(),
    settings: ReservoirSettings.settings.of(\.settings))

  var settings = ReservoirSettings(feedback: true, washout: 2000, readout: PseudoInverseReadout())

  init() {}

  public var recordedMetrics: [String] { ["nrmse", "nrmse_200", "train_nrmse"] }

  public func run(on data: DatasetPair, _ setting: ExperimentSetting) throws -> ExperimentResult {
    let channels = data.train.targets.shape.last ?? 1
    var network = try settings.network(inputs: 0, outputs: channels, setting)
    // A file's series may have another type than its next values.
    let inputs = Tensor(data.train.inputs).cast(to: setting.dtype)
    let targets = Tensor(data.train.targets).cast(to: setting.dtype)
    let teacher = Tensor.concatenate([inputs, targets.slice(targets.shape[0] - 1..<targets.shape[0])])
    let fit = try network.fit(teacher: teacher, washout: settings.washout, readout: settings.readout)
    let fitted = network
    let expected: [Double] = try Tensor(data.test.targets).cast(to: .float64).values()
    let steps = data.test.count
    // What overflows is as far from the series as can be, and no reason to have no result.
    let generated: [Double]
    do {
      generated = try network.generate(steps: steps).cast(to: .float64).values()
    } catch ReservoirError.diverged {
      generated = [Double](repeating: .infinity, count: expected.count)
    }
    let early = min(200, steps) * channels
    let predicted: [Double] = try fit.outputs.cast(to: .float64).values()
    let learned: [Double] = try targets.slice(settings.washout..<targets.shape[0]).cast(to: .float64).values()
    return ExperimentResult(
      metrics: [
        "nrmse": PredictionError.nmse(generated, expected).squareRoot(),
        "nrmse_200": PredictionError.nmse(Array(generated.prefix(early)), Array(expected.prefix(early))).squareRoot(),
        "train_nrmse": fit.nrmse,
      ],
      charts: [
        SeriesChart.make("training", [("teacher", learned), ("prediction", predicted)], channels: channels),
        SeriesChart.make(
          "free run", [("teacher", expected), ("generation", generated)], channels: channels, steps: 5000),
      ], network: fitted)
  }
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
