import Figures
import Reservoirs

/// An echo state network without feedback that is driven by the data's inputs and learns their targets: the next value
/// of a series, or another series.
///
/// Errors on the test data, through which the network goes on from the training data: `nmse` is the mean squared error
/// over the targets' variance, `nrmse` its root. The network is saved as it stands after the test data.
public struct ReservoirPrediction: Experiment {
  public static let declaration = Declaration(
    "reservoirPrediction", "an echo state network learns targets from the inputs that drive it",
    standard: ReservoirPrediction(),
    settings: ReservoirSettings.settings.of(\.settings))

  var settings = ReservoirSettings(feedback: false, washout: 100, readout: CrossValidatedReadout())

  init() {}

  public var recordedMetrics: [String] { ["nmse", "nrmse", "train_nrmse", "lambda"] }

  public func run(on data: DatasetPair, _ setting: ExperimentSetting) throws -> ExperimentResult {
    let channels = data.train.targets.shape.last ?? 1
    var network = try settings.network(inputs: data.train.inputs.shape.last ?? 1, outputs: channels, setting)
    let fit = try network.fit(
      inputs: Tensor(data.train.inputs), teacher: Tensor(data.train.targets), washout: settings.washout,
      readout: settings.readout)
    let predicted: [Double] = try network.predict(inputs: Tensor(data.test.inputs)).cast(to: .float64).values()
    let targets: [Double] = try Tensor(data.test.targets).cast(to: .float64).values()
    let nmse = PredictionError.nmse(predicted, targets)
    return ExperimentResult(
      metrics: ["nmse": nmse, "nrmse": nmse.squareRoot(), "train_nrmse": fit.nrmse, "lambda": fit.lambda],
      charts: [
        SeriesChart.make("test data", [("target", targets), ("prediction", predicted)], channels: channels, steps: 400)
      ], network: network)
  }
}
