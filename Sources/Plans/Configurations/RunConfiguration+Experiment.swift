extension RunConfiguration {
  /// The experiment that this run is, nil for a training.
  public func makeExperiment() throws(ConfigurationError) -> (any Experiment)? {
    guard let experiment else { return nil }
    return try Catalog<any Experiment>.all.make(experiment)
  }

  /// Runs the experiment.
  /// - Throws: `ConfigurationError` if there is none, `TrainingError.notFinite` for data with NaN or infinite numbers, and
  ///   what the experiment throws.
  public func runExperiment(on data: DatasetPair) throws -> ExperimentResult {
    guard let made = try makeExperiment() else {
      throw ConfigurationError.invalid(message: "the run is a training, not an experiment", origin: "")
    }
    try data.train.checkFinite("training")
    try data.test.checkFinite("test")
    return try made.run(
      on: data, ExperimentSetting(seed: UInt32(clamping: seed), dtype: dtype, draws: draws))
  }
}
