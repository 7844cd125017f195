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
public struct ReservoirHorizon: Experiment, ReservoirExperiment {
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
    var network = try settings.network(inputs: 0, outputs: 1, setting)
    let targets = Tensor(data.train.targets)
    let teacher = Tensor.concatenate([
      Tensor(data.train.inputs), targets.slice(targets.shape[0] - 1..<targets.shape[0]),
    ])
    let fit = try network.fit(teacher: teacher, washout: settings.washout, readout: settings.readout)
    let fitted = network
    let (curve, charted) = try curve(&network, data.test)
    return ExperimentResult(
      metrics: Self.metrics(curve).merging(["train_nrmse": fit.nrmse]) { $1 },
      charts: [
        SeriesChart.make("free run from one point", charted),
        Chart(
          "error by steps ahead", x: ChartAxis("steps"), y: ChartAxis("log10 NRMSE"),
          lines: [LineSeries("NRMSE", y: curve.map { log10($0) }, from: 1)]),
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
    return Self.metrics(try curve(&network, test).errors)
  }

  /// The error of each step ahead, and the first trial beside what it should be.
  private func curve(
    _ network: inout EchoStateNetwork, _ data: LabeledArrays
  ) throws -> (errors: [Double], charted: [(name: String, values: [Double])]) {
    let test: [Double] = try Tensor(data.targets).cast(to: .float64).values()
    let length = warmup + horizon
    guard data.targets.shape.last == 1, test.count >= length + trials - 1 else {
      throw ConfigurationError.invalid(
        message: "\(trials) trials of \(warmup) + \(horizon) steps need test data of one channel and "
          + "\(length + trials - 1) steps or more, not \(data.targets.shape)", origin: "experiment")
    }
    let starts = (0..<trials).map { trials == 1 ? 0 : $0 * (test.count - length) / (trials - 1) }
    try network.reset(sequences: trials)
    let driving = starts.flatMap { test[$0..<$0 + warmup] }
    try network.drive(teacher: Tensor(driving, shape: [trials, warmup, 1]))
    let predictions = try predictions(&network)
    let mean = test.reduce(0, +) / Double(test.count)
    let variance = test.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(test.count)
    let curve = (0..<horizon).map { step in
      let squares = starts.indices.map { trial in
        let difference = predictions[trial * horizon + step] - test[starts[trial] + warmup + step]
        return difference * difference
      }
      return (squares.reduce(0, +) / Double(trials) / variance).squareRoot()
    }
    return (
      curve,
      [
        ("teacher", Array(test[starts[0] + warmup..<starts[0] + length])),
        ("generation", Array(predictions.prefix(horizon))),
      ]
    )
  }

  /// The next `horizon` values of each sequence: the output after the warm-up, and what follows from it.
  private func predictions(_ network: inout EchoStateNetwork) throws -> [Double] {
    var parts = [network.output.expand(at: 1)]
    do {
      if horizon > 1 {
        let free = try network.generate(steps: horizon - 1)
        parts.append(free.rank == 3 ? free : free.expand(at: 0))
      }
    } catch ReservoirError.diverged {
      // What overflows is as far from the series as can be, and no reason to have no result.
      return [Double](repeating: .infinity, count: trials * horizon)
    }
    return try Tensor.concatenate(parts, axis: 1).cast(to: .float64).values()
  }
}
