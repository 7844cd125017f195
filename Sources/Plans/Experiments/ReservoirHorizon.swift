import Figures
import Foundation
import OrderedCollections
import Reservoirs

/// An echo state network that learns a chaotic series, then predicts it some steps ahead from many points of the test
/// data: Jaeger's NRMSE84 (GMD report 148, 2001; Jaeger and Haas 2004).
///
/// From each of `trials` points, spread evenly over the test data, the network starts at rest, is driven by `warmup`
/// values and runs freely until `horizon` steps after the last of them. The error there, squared, is averaged over the
/// trials and divided by the variance of the test data; its root is `nrmse`. Data are compared as they are given, which for
/// `mackeyGlass` is squashed by tanh.
public struct ReservoirHorizon: Experiment, EnsembleExperiment {
  public static let batchedSettings = ReservoirSettings.memberNumbers

  public static let declaration = Declaration(
    "reservoirHorizon", "an echo state network predicts a chaotic series some steps ahead (NRMSE84)",
    standard: ReservoirHorizon(),
    reference: Reference(
      "Jaeger and Haas", 2004,
      "Harnessing Nonlinearity: Predicting Chaotic Systems and Saving Energy in Wireless Communication",
      "https://doi.org/10.1126/science.1091277"),
    settings: [
      Setting("horizon", \.horizon, .integer(in: 1...100_000), "steps of free run"),
      Setting("trials", \.trials, .integer(in: 1...10_000), "points to start from"),
      Setting("warmup", \.warmup, .integer(in: 1...1_000_000), "values that drive the network first"),
    ] + ReservoirSettings.settings.of(\.settings))

  var settings = ReservoirSettings(feedback: true, washout: 1000, readout: QRReadout())
  var horizon = 84
  var trials = 50
  var warmup = 1000

  init() {}

  public var recordedMetrics: [String] { ["nrmse", "log10_nrmse", "train_nrmse"] }

  public func run(on data: DatasetPair, _ setting: ExperimentSetting) throws -> ExperimentResult {
    var network = try network(for: data, setting)
    let fit = try network.fit(teacher: Self.teacher(data), washout: settings.washout, readout: settings.readout)
    let (fitted, trials) = (network, try HorizonTrials(self, data.test))
    return result(fit, fitted, trials, try predictions(&network, trials))
  }

  func network(for data: DatasetPair, _ setting: ExperimentSetting) throws -> EchoStateNetwork {
    try settings.network(inputs: 0, outputs: 1, setting)
  }

  func run(
    _ ensemble: inout ReservoirEnsemble, readouts: [any ReadoutRule], on data: DatasetPair
  ) throws -> [ExperimentResult] {
    let fits = try ensemble.fit(teacher: Self.teacher(data), washout: settings.washout, readouts: readouts)
    let (fitted, trials) = (ensemble, try HorizonTrials(self, data.test))
    try ensemble.reset(sequences: self.trials)
    try ensemble.advance(teacher: trials.driving)
    var parts = [ensemble.output.expand(at: 2)]
    if horizon > 1 {
      let free = try ensemble.generate(steps: horizon - 1)
      parts.append(free.rank == 4 ? free : free.expand(at: 1))
    }
    let predictions = try Tensor.concatenate(parts, axis: 2).memberValues()
    return fits.indices.map { result(fits[$0], fitted[$0], trials, predictions[$0].orDiverged) }
  }

  private static func teacher(_ data: DatasetPair) -> Tensor {
    let targets = Tensor(data.train.targets)
    return Tensor.concatenate([Tensor(data.train.inputs), targets.slice(targets.shape[0] - 1..<targets.shape[0])])
  }

  private func result(
    _ fit: ReadoutFit, _ fitted: EchoStateNetwork, _ trials: HorizonTrials, _ predictions: [Double]
  ) -> ExperimentResult {
    let errors = trials.errors(predictions)
    return ExperimentResult(
      metrics: Self.metrics(errors).merging(["train_nrmse": fit.nrmse]) { $1 },
      charts: [
        SeriesChart.make(
          "free run from one point",
          [("teacher", trials.expected(0)), ("generation", Array(predictions.prefix(horizon)))]),
        Chart(
          "error by steps ahead", x: ChartAxis("steps"), y: ChartAxis("log10 NRMSE"),
          lines: [LineSeries("NRMSE", y: errors.map { log10($0) }, from: 1)]),
      ], fitted: .network(fitted))
  }

  private static func metrics(_ curve: [Double]) -> OrderedDictionary<String, Double> {
    let nrmse = curve.last ?? .nan
    return ["nrmse": nrmse, "log10_nrmse": log10(nrmse)]
  }

  /// Trials begin at rest, wherever the network stands.
  func scores(
    of fitted: FittedReservoir, on test: LabeledArrays, from start: ReservoirStart
  ) throws -> OrderedDictionary<String, Double> {
    var network = try fitted.asNetwork()
    let trials = try HorizonTrials(self, test)
    return Self.metrics(trials.errors(try predictions(&network, trials)))
  }

  /// What a network gives for each trial, `[trials, horizon]`: the output after the warm-up, and what follows from it.
  private func predictions(_ network: inout EchoStateNetwork, _ trials: HorizonTrials) throws -> [Double] {
    try network.reset(sequences: self.trials)
    try network.drive(teacher: trials.driving)
    var parts = [network.output.expand(at: 1)]
    do {
      if horizon > 1 {
        let free = try network.generate(steps: horizon - 1)
        parts.append(free.rank == 3 ? free : free.expand(at: 0))
      }
    } catch ReservoirError.diverged {
      // What overflows is as far from the series as can be, and no reason to have no result.
      return [Double](repeating: .infinity, count: self.trials * horizon)
    }
    return try Tensor.concatenate(parts, axis: 1).cast(to: .float64).values()
  }
}

/// The points of a series from which predictions start.
private struct HorizonTrials {
  private let experiment: ReservoirHorizon
  private let series: [Double]
  private let starts: [Int]

  /// - Throws: `ConfigurationError` for a series that is too short, or has several channels.
  init(_ experiment: ReservoirHorizon, _ data: LabeledArrays) throws {
    series = try Tensor(data.targets).cast(to: .float64).values()
    self.experiment = experiment
    let (trials, warmup, horizon) = (experiment.trials, experiment.warmup, experiment.horizon)
    let (count, length) = (series.count, warmup + horizon)
    guard data.targets.shape.last == 1, count >= length + trials - 1 else {
      throw ConfigurationError.invalid(
        message: "\(trials) trials of \(warmup) + \(horizon) steps need test data of one channel and "
          + "\(length + trials - 1) steps or more, not \(data.targets.shape)", origin: "experiment")
    }
    starts = (0..<trials).map { trials == 1 ? 0 : $0 * (count - length) / (trials - 1) }
  }

  /// What drives a network before, `[trials, warmup, 1]`.
  var driving: Tensor {
    Tensor(
      starts.flatMap { series[$0..<$0 + experiment.warmup] }, shape: [starts.count, experiment.warmup, 1])
  }

  /// The series after the warm-up of a trial.
  func expected(_ trial: Int) -> [Double] {
    Array(series[starts[trial] + experiment.warmup..<starts[trial] + experiment.warmup + experiment.horizon])
  }

  /// The error of each step ahead of predictions `[trials, horizon]`.
  func errors(_ predictions: [Double]) -> [Double] {
    let mean = series.reduce(0, +) / Double(series.count)
    let variance = series.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(series.count)
    return (0..<experiment.horizon).map { step in
      let squares = starts.indices.map { trial in
        let difference =
          predictions[trial * experiment.horizon + step] - series[starts[trial] + experiment.warmup + step]
        return difference * difference
      }
      return (squares.reduce(0, +) / Double(starts.count) / variance).squareRoot()
    }
  }
}
