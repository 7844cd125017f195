import Reservoirs

/// Reservoirs side by side along a circle learn a field that moves, then predict it from many points of the test data,
/// as ``ReservoirHorizon`` does by one network (Pathak et al. 2018). The channels of the data are the points on the
/// circle.
public struct LocalReservoirHorizon: Experiment, HorizonExperiment {
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

  var learningWashout: Int { settings.washout }
  var rule: (any ReadoutRule)? { settings.readout }

  func warning(_ dtype: DType) -> String? { settings.warning(dtype) }

  func model(for data: DatasetPair, _ setting: ExperimentSetting) throws -> any SeriesModel {
    var reservoir = settings.reservoir
    reservoir.dtype = setting.dtype
    return try LocalReservoirs(
      reservoir, points: data.train.targets.shape.last ?? 1, patches: patches, overlap: overlap,
      draws: setting.reservoirDraws
    ).nodes
  }
}
