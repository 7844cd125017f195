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
public struct ReservoirHorizon: Experiment, NetworkExperiment, HorizonExperiment {
  public static let batchedSettings = ReservoirSettings.memberNumbers

  public static let declaration = Declaration(
    "reservoirHorizon", "an echo state network predicts a chaotic series some steps ahead (NRMSE84)",
    standard: ReservoirHorizon(),
    reference: Reference(
      "Jaeger and Haas", 2004,
      "Harnessing Nonlinearity: Predicting Chaotic Systems and Saving Energy in Wireless Communication",
      "https://doi.org/10.1126/science.1091277"),
    settings: HorizonSettings.settings.of(\.horizon) + ReservoirSettings.nodes.of(\.settings)
      + ReservoirSettings.settings.of(\.settings),
    check: { (method, options) throws(ConfigurationError) in
      try method.settings.check(against: ReservoirHorizon().settings, options)
    })

  var settings = ReservoirSettings(feedback: true, washout: 1000, readout: QRReadout())
  var horizon = HorizonSettings()

  init() {}

  var learningWashout: Int { settings.washout }
}
