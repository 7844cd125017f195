import Reservoirs

/// The settings that reservoir experiments share.
struct ReservoirSettings: Sendable {
  static let settings: [Setting<ReservoirSettings>] =
    [
      Setting("washout", \.washout, .integer(in: 0...10_000_000), "steps at the start that nothing is learned from"),
      Setting("readout", \.readout, .method, "how the readout is computed"),
    ] + Reservoir.settings.of(\.reservoir)

  /// The network of nodes that a series experiment may have in the place of one reservoir with one readout.
  static let network = Setting(
    "network", \ReservoirSettings.network, .network,
    "nodes in the place of one reservoir and its readout: [input, reservoir(units: 500), ridge]")

  /// How all weights are trained once the readouts are fitted.
  static let training = Setting(
    "training", \ReservoirSettings.training,
    .optional(.method(in: { Backpropagation.registry }), standing: Backpropagation()),
    "how all weights are trained once the readouts are fitted: backpropagation(…)")

  /// What a series experiment's network is, and how it is trained.
  static let nodes = [network, training]

  /// The numbers in which members of a ``ReservoirEnsemble`` may differ, and of a ``NodeEnsemble``.
  static let memberNumbers = reservoirNumbers.union(["readout.lambda"])
    .union(reservoirNumbers.union(["lambda"]).map { "network.\($0)" })

  private static let reservoirNumbers: Set<String> = [
    "connectivity", "gain", "radius", "inputScale", "feedbackScale", "biasScale", "leak", "activationScale",
  ]

  var reservoir: Reservoir
  var readout: any ReadoutRule
  var washout: Int
  /// Nil for the network of ``reservoir`` and ``readout``.
  var network: NodeGraph?
  /// Nil for none.
  var training: Backpropagation?

  /// The defaults of an experiment.
  /// - Parameter feedback: whether outputs go back into the reservoir.
  init(feedback: Bool, washout: Int, readout: any ReadoutRule) {
    reservoir = Reservoir(units: 1000, feedback: feedback)
    (self.readout, self.washout) = (readout, washout)
  }

  /// - Throws: `ConfigurationError` for settings of the reservoir or the readout beside those of nodes.
  func check(against standard: ReservoirSettings, _ options: Options) throws(ConfigurationError) {
    guard network != nil else { return }
    let (own, usual) = (try readout.spec(), try standard.readout.spec())
    guard reservoir == standard.reservoir, own == usual else {
      throw .invalid(
        message:
          "a 'network' has its reservoirs' settings and readouts in its list: [input, reservoir(units: 500), ridge]",
        origin: options.origin(of: "network"))
    }
  }

  /// A network of these settings for a data set.
  func network(inputs: Int, outputs: Int, _ setting: ExperimentSetting) throws -> EchoStateNetwork {
    var own = reservoir
    (own.inputs, own.outputs, own.dtype) = (inputs, outputs, setting.dtype)
    return try EchoStateNetwork(own, draws: setting.reservoirDraws)
  }
}

extension ExperimentSetting {
  /// Where a run's networks come from.
  var reservoirDraws: ReservoirDraws { rng == .numPy ? .numPy(seed: seed) : .keyed(seed: UInt64(seed)) }
}

extension ReservoirSettings {
  /// What to expect of an element type, where its results would be wrong without a word.
  func warning(_ dtype: DType) -> String? {
    guard dtype == .float32 else { return nil }
    if readout is PseudoInverseReadout {
      return "in float32 the readout 'pinv' drops all directions of the states but the strongest, or inverts rounding: "
        + "set 'dtype' to float64, or take the readout 'cholesky' or 'qr'"
    }
    return reservoir.feedback || network != nil
      ? "in float32 the errors of a network that runs freely may be several times those in float64: set 'dtype' to "
        + "float64 where small errors count" : nil
  }

  /// - Throws: `ReservoirError` unless steps are left after the first ones.
  func checkWashout(_ first: Int, of steps: Int) throws(ReservoirError) {
    guard first < steps else { throw .washout(steps: first, length: steps) }
  }
}
