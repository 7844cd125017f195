extension Trainer {
  /// Trains for some epochs more.
  ///
  /// If it throws, the trainer stands where the last completed part of an epoch left it.
  /// - Parameters:
  ///   - epochs: how many; 0 only evaluates the untrained model, where the options ask for it.
  ///   - validation: evaluated after each epoch.
  /// - Returns: What this call's epochs showed.
  /// - Throws: ``TrainingError`` for settings and data that can't be; `Diagnostic` and `EngineError` from tracing
  ///   and running; what callbacks throw. Divergence isn't an error: its NaN is recorded.
  public func fit(
    _ training: ResidentData, epochs: Int, batchSize: Int, validation: ResidentData? = nil,
    options: FitOptions = FitOptions(), callbacks: [any Callback] = []
  ) throws -> History {
    try TrainerGroup([self]).fit(
      training, epochs: epochs, batchSize: batchSize, validation: validation, options: [options],
      callbacks: [callbacks])[0]
  }

  /// ``fit(_:epochs:batchSize:validation:options:callbacks:)`` on data that isn't on the device yet.
  public func fit(
    _ training: LabeledArrays, epochs: Int, batchSize: Int, validation: LabeledArrays? = nil,
    options: FitOptions = FitOptions(), callbacks: [any Callback] = []
  ) throws -> History {
    try fit(
      ResidentData(training), epochs: epochs, batchSize: batchSize, validation: validation.map { try ResidentData($0) },
      options: options, callbacks: callbacks)
  }
}
