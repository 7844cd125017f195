import Configuration

extension RunConfiguration {
  /// Every setting as YAML that ``YAMLReader`` reads back to an equal configuration.
  public func yaml() -> String { yaml(.present) }

  /// The settings, and those of methods within, by the names of a naming.
  func yaml(_ naming: RenamedSettings.Naming) -> String {
    lines.map { key, value in
      let name = RenamedSettings.named(key, in: RenamedSettings.run, naming)
      return "\(name): \(value.renamed(naming, for: key).yaml)\n"
    }.joined()
  }

  /// What isn't set has no line, so that the run's id is what it was before there was such a setting.
  private var lines: [(key: String, value: OptionValue)] {
    if let experiment {
      return [
        ("experiment", .choice(experiment)), ("data", .choice(data)), ("seed", .number(Double(seed))),
        ("dtype", .text(dtype.rawValue)), ("rng", .text(rng.rawValue)),
      ]
    }
    var lines: [(key: String, value: OptionValue)] = [
      ("data", .choice(data)), ("model", .choice(model)), ("loss", .choice(loss)), ("optimizer", .choice(optimizer)),
      ("gradientRule", .choice(gradientRule)), ("averaging", .choice(averaging)),
      ("penalties", .list(penalties.map(OptionValue.choice))), ("metrics", .list(metrics.map(OptionValue.choice))),
      ("epochs", .number(Double(epochs))), ("batchSize", .number(Double(batchSize))), ("seed", .number(Double(seed))),
      ("dtype", .text(dtype.rawValue)), ("partialBatch", .text(partialBatch.rawValue)), ("rng", .text(rng.rawValue)),
      ("evaluateBeforeTraining", .flag(evaluatesBeforeTraining)),
    ]
    if let preprocessing { lines.append(("preprocessing", .choice(preprocessing))) }
    if !augmentation.isEmpty { lines.append(("augmentation", .list(augmentation.map(OptionValue.choice)))) }
    if let manifoldMixup { lines.append(("manifoldMixup", manifoldMixup)) }
    if let classWeights { lines.append(("classWeights", OptionValue(classWeights))) }
    if !freeze.isEmpty { lines.append(("freeze", .list(freeze.map(OptionValue.text)))) }
    if frozenStatistics != .fixed { lines.append(("frozenStatistics", .text(frozenStatistics.rawValue))) }
    if !learningRateFactors.isEmpty {
      lines.append(("learningRateFactors", .list(learningRateFactors.map { .text($0.text) })))
    }
    if let layerDecay { lines.append(("layerDecay", .number(layerDecay))) }
    if normalizationGroups != 1 { lines.append(("normalizationGroups", .number(Double(normalizationGroups)))) }
    if lossScaling != .none { lines.append(("lossScale", lossScaling.notation)) }
    if skipsNonFiniteSteps { lines.append(("skipNonFinite", .flag(true))) }
    if parameterRounding != .nearest { lines.append(("parameterRounding", .text(parameterRounding.rawValue))) }
    if !callbacks.isEmpty { lines.append(("callbacks", .list(callbacks.map(OptionValue.choice)))) }
    if checkpoint != .none { lines.append(("checkpoint", .text(checkpoint.rawValue))) }
    if optimizerState != .replicated { lines.append(("optimizerState", .text(optimizerState.rawValue))) }
    if let examples { lines.append(("examples", .number(Double(examples)))) }
    if let weights {
      lines.append(("weights", .text(weights)))
      if head != .keep { lines.append(("head", .text(head.rawValue))) }
      if allowsPartialWeights { lines.append(("partialWeights", .flag(true))) }
    }
    return lines
  }
}
