import OrderedCollections
import Reservoirs

/// Reservoirs side by side along a circle learn a field that moves, then predict it from many points of the test data,
/// as ``ReservoirHorizon`` does by one network (Pathak et al. 2018). The channels of the data are the points on the
/// circle.
public struct LocalReservoirHorizon: Experiment, ReservoirExperiment {
  public static let declaration = Declaration(
    "localReservoirHorizon", "reservoirs side by side predict a field on a circle some steps ahead",
    standard: LocalReservoirHorizon(),
    reference: LocalReservoirs.reference,
    settings: LocalReservoirs.settings(patches: \.patches, overlap: \.overlap) + HorizonSettings.settings.of(\.horizon)
      + ReservoirSettings.settings.of(\.settings))

  var patches = 8
  var overlap = 6
  var horizon = HorizonSettings()
  var settings = ReservoirSettings(feedback: false, washout: 100, readout: CholeskyReadout(lambda: 1e-4))

  init() { (horizon.horizon, horizon.trials, horizon.warmup) = (500, 20, 100) }

  public var recordedMetrics: [String] { horizon.metrics + ["train_nrmse"] }

  public func run(on data: DatasetPair, _ setting: ExperimentSetting) throws -> ExperimentResult {
    guard let rule = settings.readout as? any GramReadoutRule, horizon.exponents == 0 else {
      throw ConfigurationError.invalid(
        message: "needs the readout 'cholesky' or 'pinv', and exponents: 0", origin: Self.name)
    }
    let points = data.train.targets.shape.last ?? 1
    var reservoir = settings.reservoir
    reservoir.dtype = setting.dtype
    var model = try LocalReservoirs(
      reservoir, points: points, patches: patches, overlap: overlap, draws: setting.reservoirDraws)
    let targets = Tensor(data.train.targets)
    let field = Tensor.concatenate([
      Tensor(data.train.inputs), targets.slice(targets.shape[0] - 1..<targets.shape[0]),
    ])
    let error = try model.fit(field: field, washout: settings.washout, readout: rule)
    let (fitted, trials) = (try NodeNetwork(model), try HorizonTrials(horizon, data.test))
    let driving = trials.driving
    var predictions: [Double] = []
    for trial in 0..<horizon.trials {
      try model.start(after: driving.slice(trial..<trial + 1).squeeze(0))
      do {
        predictions += try model.generate(steps: horizon.horizon).cast(to: .float64).values()
      } catch ReservoirError.diverged {
        // What overflows is as far from the field as can be, and no reason to have no result.
        predictions += [Double](repeating: .infinity, count: horizon.horizon * points)
      }
    }
    return trials.result(predictions, trainError: error, fitted: .nodes(fitted))
  }

  func scores(
    of fitted: FittedReservoir, on test: LabeledArrays, from start: ReservoirStart
  ) throws -> OrderedDictionary<String, Double> { try horizon.scores(of: fitted, on: test) }
}
