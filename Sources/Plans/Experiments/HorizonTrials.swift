import Figures
import Foundation
import OrderedCollections
import Reservoirs

/// From how many points and how far a chaotic series is predicted, and how predictions are judged.
struct HorizonSettings: Sendable, Hashable {
  static let settings: [Setting<HorizonSettings>] = [
    Setting("horizon", \.horizon, .integer(in: 1...100_000), "steps of free run"),
    Setting("trials", \.trials, .integer(in: 1...10_000), "points to start from"),
    Setting("warmup", \.warmup, .integer(in: 1...1_000_000), "values that drive the network first"),
    Setting("threshold", \.threshold, .number(in: 0...1e6), "error up to which a prediction is valid, in deviations"),
    Setting(
      "lyapunovSteps", \.lyapunovSteps, .number(in: 1e-6...1e6),
      "steps of a Lyapunov time, in which valid times are measured; 1 for steps"),
    Setting(
      "exponents", \.exponents, .integer(in: 0...1000), "Lyapunov exponents of the model to compute, per Lyapunov time"),
  ]

  var horizon = 84
  var trials = 50
  var warmup = 1000
  var threshold = 0.4
  var lyapunovSteps = 1.0
  var exponents = 0

  /// The names of what is recorded.
  var metrics: [String] {
    ["nrmse", "log10_nrmse", "path_nrmse", "valid_time"] + (0..<exponents).map { "exponent_\($0 + 1)" }
  }

  /// Exponents per step as they are recorded: per Lyapunov time. Those of a model that diverges are NaN.
  func recorded(_ exponents: () throws -> [Double]) throws -> OrderedDictionary<String, Double> {
    guard self.exponents > 0 else { return [:] }
    var values = [Double](repeating: .nan, count: self.exponents)
    do {
      values = try exponents().map { $0 * lyapunovSteps }
    } catch ReservoirError.diverged {
      // No reason to have no result.
    }
    return OrderedDictionary(uniqueKeysWithValues: values.enumerated().map { ("exponent_\($0 + 1)", $1) })
  }
}

/// The points of a series from which predictions start.
struct HorizonTrials {
  let settings: HorizonSettings
  let channels: Int
  private let series: [Double]
  private let starts: [Int]

  /// - Throws: `ConfigurationError` for a series that is too short.
  init(_ settings: HorizonSettings, _ data: LabeledArrays) throws {
    series = try Tensor(data.targets).cast(to: .float64).values()
    channels = data.targets.shape.last ?? 1
    self.settings = settings
    let (trials, length) = (settings.trials, settings.warmup + settings.horizon)
    let count = data.targets.shape.first ?? 0
    guard data.targets.shape.count == 2, count >= length + trials - 1 else {
      throw ConfigurationError.invalid(
        message:
          "\(trials) trials of \(settings.warmup) + \(settings.horizon) steps need test data [steps, channels] of "
          + "\(length + trials - 1) steps or more, not \(data.targets.shape)", origin: "experiment")
    }
    starts = (0..<trials).map { trials == 1 ? 0 : $0 * (count - length) / (trials - 1) }
  }

  private func values(from step: Int, count: Int) -> ArraySlice<Double> {
    series[step * channels..<(step + count) * channels]
  }

  /// What drives a model before, `[trials, warmup, channels]`.
  var driving: Tensor {
    Tensor(
      starts.flatMap { values(from: $0, count: settings.warmup) }, shape: [starts.count, settings.warmup, channels])
  }

  /// The series after the warm-up of a trial, `[horizon, channels]`.
  private func expected(_ trial: Int) -> [Double] {
    Array(values(from: starts[trial] + settings.warmup, count: settings.horizon))
  }

  private func trial(_ index: Int, _ predictions: [Double]) -> SeriesComparison {
    let size = settings.horizon * channels
    return SeriesComparison(
      Array(predictions[index * size..<(index + 1) * size]), truth: expected(index), channels: channels)
  }

  /// The error of each step ahead of predictions `[trials, horizon, channels]`: the root of the mean over channels of
  /// the squared error over the channel's variance.
  private func errors(_ predictions: [Double], _ deviations: [Double]) -> [Double] {
    (0..<settings.horizon).map { step in
      let squares = (0..<channels).map { channel in
        let own = starts.indices.map { trial in
          let difference =
            predictions[(trial * settings.horizon + step) * channels + channel]
            - series[(starts[trial] + settings.warmup + step) * channels + channel]
          return difference * difference
        }
        return own.reduce(0, +) / Double(starts.count) / (deviations[channel] * deviations[channel])
      }
      return (squares.reduce(0, +) / Double(channels)).squareRoot()
    }
  }

  /// The metrics of predictions `[trials, horizon, channels]`, and the error by steps ahead.
  func scores(_ predictions: [Double]) -> (metrics: OrderedDictionary<String, Double>, errors: [Double]) {
    let deviations = SeriesComparison.deviations(of: series, channels: channels)
    let errors = errors(predictions, deviations)
    let all = starts.indices.map { trial($0, predictions) }
    let variance = deviations.reduce(0) { $0 + $1 * $1 }
    let paths = all.map { trial in
      let square = zip(trial.predicted, trial.truth).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      return (square / Double(trial.truth.count) / variance).squareRoot()
    }
    let valid = all.map { $0.validSteps(threshold: settings.threshold, deviations: deviations) }.sorted()
    let median = Double(valid[(valid.count - 1) / 2] + valid[valid.count / 2]) / 2
    let nrmse = errors.last ?? .nan
    return (
      [
        "nrmse": nrmse, "log10_nrmse": log10(nrmse), "path_nrmse": paths.reduce(0, +) / Double(paths.count),
        "valid_time": median / settings.lyapunovSteps,
      ], errors
    )
  }

  /// What an experiment shows of predictions.
  func result(
    _ predictions: [Double], trainError: Double, exponents: OrderedDictionary<String, Double> = [:],
    fitted: FittedReservoir? = nil
  ) -> ExperimentResult {
    let (metrics, errors) = scores(predictions)
    let first = trial(0, predictions)
    return ExperimentResult(
      metrics: metrics.merging(exponents) { $1 }.merging(["train_nrmse": trainError]) { $1 },
      charts: [
        SeriesChart.make(
          "free run from one point", [("teacher", first.truth), ("generation", first.predicted)], channels: channels),
        Chart(
          "error by steps ahead", x: ChartAxis("steps"), y: ChartAxis("log10 NRMSE"),
          lines: [LineSeries("NRMSE", y: errors.map { log10($0) }, from: 1)]),
      ], fitted: fitted)
  }
}
