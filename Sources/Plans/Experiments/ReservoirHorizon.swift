import OrderedCollections
import Reservoirs

/// An echo state network that learns a chaotic series, then predicts it some steps ahead from many points of the test
/// data: Jaeger's NRMSE84 (GMD report 148, 2001; Jaeger and Haas 2004).
///
/// From each of `trials` points, spread evenly over the test data, the network starts at rest, is driven by `warmup`
/// values and runs freely until `horizon` steps after the last of them. The error there, squared, is averaged over the
/// trials and divided by the variance of the test data; its root is `nrmse`, the mean over channels if there are
/// several. Data are compared as they are given, which for `mackeyGlass` is squashed by tanh.
///
/// `valid_time` is the median over trials of the steps before the error exceeds `threshold` standard deviations, in
/// Lyapunov times of `lyapunovSteps` steps; `path_nrmse` the mean over trials of the root of the mean squared error of
/// all steps and channels over the sum of the channels' variances (Gauthier et al. 2021). `exponent_1` and so on are
/// the greatest Lyapunov exponents of the network that runs freely, per Lyapunov time, where the first one of the true
/// system is 1.
public struct ReservoirHorizon: Experiment, EnsembleExperiment {
  public static let batchedSettings = ReservoirSettings.memberNumbers

  public static let declaration = Declaration(
    "reservoirHorizon", "an echo state network predicts a chaotic series some steps ahead (NRMSE84)",
    standard: ReservoirHorizon(),
    reference: Reference(
      "Jaeger and Haas", 2004,
      "Harnessing Nonlinearity: Predicting Chaotic Systems and Saving Energy in Wireless Communication",
      "https://doi.org/10.1126/science.1091277"),
    settings: HorizonSettings.settings.of(\.horizon) + [ReservoirSettings.network.of(\.settings)]
      + ReservoirSettings.settings.of(\.settings),
    check: { (method, options) throws(ConfigurationError) in
      try method.settings.check(against: ReservoirHorizon().settings, options)
      guard method.settings.network == nil || method.horizon.exponents == 0 else {
        throw .invalid(message: "a 'network' has no exponents: set exponents to 0", origin: options.origin)
      }
    })

  var settings = ReservoirSettings(feedback: true, washout: 1000, readout: QRReadout())
  var horizon = HorizonSettings()

  init() {}

  public var recordedMetrics: [String] { horizon.metrics + ["train_nrmse"] }

  public func run(on data: DatasetPair, _ setting: ExperimentSetting) throws -> ExperimentResult {
    if let graph = settings.network {
      var network = try NodeNetwork(graph, for: data, setting)
      let fit = try network.fit(toSeriesOf: data.train, washout: settings.washout)
      let trials = try HorizonTrials(horizon, data.test)
      return trials.result(try trials.predictions(of: network), trainError: fit.nrmse, fitted: .nodes(network))
    }
    var network = try network(for: data, setting)
    let fit = try network.fit(teacher: Self.teacher(data), washout: settings.washout, readout: settings.readout)
    let (fitted, trials) = (network, try HorizonTrials(horizon, data.test))
    return trials.result(
      try predictions(&network, trials), trainError: fit.nrmse, exponents: try exponents(fitted),
      fitted: .network(fitted))
  }

  func network(for data: DatasetPair, _ setting: ExperimentSetting) throws -> EchoStateNetwork {
    try settings.network(inputs: 0, outputs: data.train.targets.shape.last ?? 1, setting)
  }

  func run(
    _ ensemble: inout ReservoirEnsemble, readouts: [any ReadoutRule], on data: DatasetPair
  ) throws -> [ExperimentResult] {
    let fits = try ensemble.fit(teacher: Self.teacher(data), washout: settings.washout, readouts: readouts)
    let (fitted, trials) = (ensemble, try HorizonTrials(horizon, data.test))
    try ensemble.reset(sequences: horizon.trials)
    try ensemble.advance(teacher: trials.driving)
    var parts = [ensemble.output.expand(at: 2)]
    if horizon.horizon > 1 {
      let free = try ensemble.generate(steps: horizon.horizon - 1)
      parts.append(free.rank == 4 ? free : free.expand(at: 1))
    }
    let predictions = try Tensor.concatenate(parts, axis: 2).memberValues()
    return try fits.indices.map {
      trials.result(
        predictions[$0].orDiverged, trainError: fits[$0].nrmse, exponents: try exponents(fitted[$0]),
        fitted: .network(fitted[$0]))
    }
  }

  private static func teacher(_ data: DatasetPair) -> Tensor {
    let targets = Tensor(data.train.targets)
    return Tensor.concatenate([Tensor(data.train.inputs), targets.slice(targets.shape[0] - 1..<targets.shape[0])])
  }

  private func exponents(_ network: EchoStateNetwork) throws -> OrderedDictionary<String, Double> {
    try horizon.recorded { try network.lyapunovExponents(horizon.exponents, steps: 5000) }
  }

  /// Trials begin at rest, wherever the network stands.
  func scores(
    of fitted: FittedReservoir, on test: LabeledArrays, from start: ReservoirStart
  ) throws -> OrderedDictionary<String, Double> {
    if case .nodes = fitted { return try horizon.scores(of: fitted, on: test) }
    let trials = try HorizonTrials(horizon, test)
    var network = try fitted.asNetwork()
    return trials.scores(try predictions(&network, trials)).metrics
  }

  /// What a network gives for each trial, `[trials, horizon, channels]`: the output after the warm-up, and what follows
  /// from it.
  private func predictions(_ network: inout EchoStateNetwork, _ trials: HorizonTrials) throws -> [Double] {
    try network.reset(sequences: horizon.trials)
    try network.drive(teacher: trials.driving)
    var parts = [network.output.expand(at: 1)]
    do {
      if horizon.horizon > 1 {
        let free = try network.generate(steps: horizon.horizon - 1)
        parts.append(free.rank == 3 ? free : free.expand(at: 0))
      }
    } catch ReservoirError.diverged {
      // What overflows is as far from the series as can be, and no reason to have no result.
      return [Double](repeating: .infinity, count: horizon.trials * horizon.horizon * trials.channels)
    }
    return try Tensor.concatenate(parts, axis: 1).cast(to: .float64).values()
  }
}
