import Reservoirs

/// Nonlinear vector autoregression learns a chaotic series, then predicts it some steps ahead from many points of the
/// test data, as ``ReservoirHorizon`` does by an echo state network (Gauthier et al. 2021). Nothing is drawn: other
/// seeds give other results only on other data.
public struct NVARHorizon: Experiment, HorizonExperiment {
  public static let declaration = Declaration(
    "nvarHorizon", "a nonlinear vector autoregression predicts a chaotic series some steps ahead",
    standard: NVARHorizon(),
    reference: Reference(
      "Gauthier et al.", 2021, "Next generation reservoir computing", "https://doi.org/10.1038/s41467-021-25801-2"),
    settings: [
      Setting("delays", \.delays, .integer(in: 1...10_000), "values of each channel, the present one among them"),
      Setting("stride", \.stride, .integer(in: 1...100_000), "steps from one of them to the next"),
      Setting("orders", \.orders, .integers(in: 1...6), "orders of the monomials; 1 for the values themselves"),
      Setting("change", \.predictsChange, .flag, "whether changes are predicted, in place of the next values"),
      Setting("washout", \.washout, .integer(in: 0...10_000_000), "steps at the start that nothing is learned from"),
      Setting("readout", \.readout, .method, "how the readout is computed"),
    ] + HorizonSettings.settings.of(\.horizon))

  var delays = 2
  var stride = 1
  var orders = [1, 2]
  var predictsChange = true
  var washout = 0
  var readout: any ReadoutRule = RidgeRegression(lambda: 2.5e-6)
  var horizon = HorizonSettings()

  init() { horizon.warmup = 10 }

  var learningWashout: Int { washout }
  var rule: (any ReadoutRule)? { readout }

  func model(for data: DatasetPair, _ setting: ExperimentSetting) throws -> any SeriesModel {
    let channels = data.train.inputs.shape.last ?? 1
    let features = DelayFeatures(channels: channels, delays: delays, stride: stride, orders: orders)
    return try NVAR(features, predictsChange: predictsChange, dtype: setting.dtype).nodes
  }
}
