import Reservoirs

/// The options that reservoir experiments share, but for the reservoir's own.
struct ReservoirSettings: Sendable, Hashable {
  /// What each experiment takes where nothing else is said.
  struct Defaults: Sendable {
    /// Whether outputs go back into the reservoir.
    let feedback: Bool
    let washout: Int
    let readout: String

    var parameters: [Parameter] {
      [
        Parameter("washout", default: washout, "steps at the start that nothing is learned from"),
        Parameter("readout", default: readout, "how the readout is computed, of the readouts"),
      ] + Reservoir.parameters
    }
  }

  var reservoir: Reservoir
  var readout: Choice
  var washout: Int

  init(from options: inout Options, _ defaults: Defaults) throws(ConfigurationError) {
    reservoir = try Reservoir(from: &options, feedback: defaults.feedback)
    readout = try options.choice("readout", default: Choice(defaults.readout))
    washout = try options.integer("washout", default: defaults.washout, in: 0...10_000_000)
    _ = try Catalog<any ReadoutRule>.all.make(readout)
  }

  func rule() throws(ConfigurationError) -> any ReadoutRule { try Catalog<any ReadoutRule>.all.make(readout) }

  /// A network of these settings for a data set.
  func network(inputs: Int, outputs: Int, _ setting: ExperimentSetting) throws -> EchoStateNetwork {
    var own = reservoir
    (own.inputs, own.outputs, own.dtype) = (inputs, outputs, setting.dtype)
    return try EchoStateNetwork(
      own, draws: setting.draws == .numPy ? .numPy(seed: setting.seed) : .keyed(seed: UInt64(setting.seed)))
  }
}

/// Errors of predictions.
enum PredictionError {
  /// The mean squared error over the targets' variance about their mean.
  static func nmse(_ predictions: [Double], _ targets: [Double]) -> Double {
    guard !targets.isEmpty, predictions.count == targets.count else { return .nan }
    let mean = targets.reduce(0, +) / Double(targets.count)
    let variance = targets.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return zip(predictions, targets).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / variance
  }
}
