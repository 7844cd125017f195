import Configuration

extension ReportSetting {
  /// All that decides a run but its seed, a setting an option of a method: `optimizer` is `sgd`, `optimizer.learningRate` 0.1.
  public static func all(of configuration: RunConfiguration) -> [ReportSetting] {
    var settings: [ReportSetting] = []
    if let experiment = configuration.experiment {
      add(experiment, at: "experiment", to: &settings)
      add(configuration.data, at: "data", to: &settings)
      return settings + [
        ReportSetting("dtype", configuration.dtype.rawValue), ReportSetting("rng", configuration.rng.rawValue),
      ]
    }
    let slots = [
      ("data", configuration.data), ("model", configuration.model), ("loss", configuration.loss),
      ("optimizer", configuration.optimizer), ("gradientRule", configuration.gradientRule),
      ("averaging", configuration.averaging),
    ]
    for (name, choice) in slots { add(choice, at: name, to: &settings) }
    for (index, penalty) in configuration.penalties.enumerated() {
      add(penalty, at: configuration.penalties.count == 1 ? "penalty" : "penalties.\(index + 1)", to: &settings)
    }
    if let preprocessing = configuration.preprocessing { add(preprocessing, at: "preprocessing", to: &settings) }
    for (index, augmentation) in configuration.augmentation.enumerated() {
      add(
        augmentation, at: configuration.augmentation.count == 1 ? "augmentation" : "augmentation.\(index + 1)",
        to: &settings)
    }
    if !configuration.freeze.isEmpty {
      settings.append(ReportSetting("freeze", configuration.freeze.joined(separator: ", ")))
      settings.append(ReportSetting("frozenStatistics", configuration.frozenStatistics.rawValue))
    }
    for factor in configuration.learningRateFactors {
      settings.append(
        ReportSetting(
          "learningRateFactors.\(factor.pattern)", OptionValue.number(factor.factor).description,
          number: factor.factor))
    }
    if let decay = configuration.layerDecay {
      settings.append(ReportSetting("layerDecay", OptionValue.number(decay).description, number: decay))
    }
    for callback in configuration.callbacks { add(callback, at: "callbacks.\(callback.name)", to: &settings) }
    if let weights = configuration.classWeights {
      settings.append(ReportSetting("classWeights", weights == .balanced ? "balanced" : "\(weights)"))
    }
    let names = configuration.metrics.map(\.description).joined(separator: ", ")
    settings.append(ReportSetting("metrics", names))
    for (name, number) in [("epochs", configuration.epochs), ("batchSize", configuration.batchSize)] {
      settings.append(ReportSetting(name, "\(number)", number: Double(number)))
    }
    if let examples = configuration.examples {
      settings.append(ReportSetting("examples", "\(examples)", number: Double(examples)))
    }
    settings += [
      ReportSetting("dtype", configuration.dtype.rawValue),
      ReportSetting("partialBatch", configuration.partialBatch.rawValue),
      ReportSetting("rng", configuration.rng.rawValue),
    ]
    return settings
  }

  private static func add(_ choice: MethodSpec, at path: String, to settings: inout [ReportSetting]) {
    settings.append(ReportSetting(path, choice.name))
    for (key, value) in choice.options.pairs {
      switch value.meaning {
      case .choice(let inner): add(inner, at: "\(path).\(key)", to: &settings)
      case .number(let number): settings.append(ReportSetting("\(path).\(key)", value.description, number: number))
      case let other: settings.append(ReportSetting("\(path).\(key)", other.word ?? other.description))
      }
    }
  }
}
