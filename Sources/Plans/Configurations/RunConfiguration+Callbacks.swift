import Configuration

extension RunConfiguration {
  /// The callbacks by their names.
  func namedCallbacks() throws(ConfigurationError) -> [any NamedCallback] {
    var named: [any NamedCallback] = []
    for choice in callbacks { named.append(try Registry<any NamedCallback>.all.build(choice)) }
    return named
  }

  /// The callbacks, for one training.
  /// - Throws: `ConfigurationError`; ``TrainingError`` and `CheckpointError` for a place that can't be written to.
  public func makeCallbacks(in place: CallbackPlace) throws -> [any Callback] {
    try namedCallbacks().map { try $0.callback(in: place) }
  }

  /// The metric that says which epoch is the best: see ``ModelSaver``.
  /// - Parameter names: what is recorded.
  public func bestMetric(among names: some Sequence<String>) -> PrimaryMetric? {
    let callbacks = (try? namedCallbacks()) ?? []
    let watched =
      callbacks.lazy.compactMap { $0 as? NamedBestWeights }.first.map { ($0.monitor, $0.mode) }
      ?? callbacks.lazy.compactMap { $0 as? NamedEarlyStopping }.first.map { ($0.monitor, $0.mode) }
    guard let (name, mode) = watched else { return .ofValidation(names) }
    return PrimaryMetric(name, better: mode == .automatic ? nil : mode == .max ? .higher : .lower, reading: .best)
  }

  /// - Throws: `ConfigurationError` for a callback that watches what isn't recorded.
  func checkCallbacks() throws(ConfigurationError) {
    guard !callbacks.isEmpty else { return }
    let recorded = recordedMetrics
    for (choice, callback) in zip(callbacks, try namedCallbacks()) {
      guard let name = callback.monitored, !recorded.contains(name) else { continue }
      throw .unknownName(kind: "metric", name: name, known: recorded, origin: choice.options.origin(of: "monitor"))
    }
  }
}
