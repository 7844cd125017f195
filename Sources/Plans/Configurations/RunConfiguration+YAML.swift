import Configuration

extension RunConfiguration {
  /// Every setting as YAML that ``YAMLReader`` reads back to an equal configuration.
  public func yaml() -> String {
    if let experiment {
      let lines = [
        ("experiment", OptionValue.choice(experiment).yaml), ("data", OptionValue.choice(data).yaml),
        ("seed", "\(seed)"),
        ("dtype", dtype.rawValue), ("draws", draws.rawValue),
      ]
      return lines.map { "\($0.0): \($0.1)\n" }.joined()
    }
    let choices = [
      ("data", data), ("model", model), ("loss", loss), ("optimizer", optimizer), ("rule", rule),
      ("averaging", averaging),
    ]
    var lines = choices.map { ($0.0, OptionValue.choice($0.1).yaml) }
    lines += [
      ("penalties", OptionValue.list(penalties.map(OptionValue.choice)).yaml),
      ("metrics", OptionValue.list(metrics.map(OptionValue.choice)).yaml),
      ("epochs", "\(epochs)"), ("batch", "\(batch)"), ("seed", "\(seed)"), ("dtype", dtype.rawValue),
      ("remainder", remainder.rawValue), ("draws", draws.rawValue),
      ("untrained", "\(untrained)"),
    ]
    // What isn't set leaves the text as it was before there was such a setting, and with it the run's id.
    if let preprocessing { lines.append(("preprocessing", OptionValue.choice(preprocessing).yaml)) }
    if !augmentation.isEmpty {
      lines.append(("augmentation", OptionValue.list(augmentation.map(OptionValue.choice)).yaml))
    }
    if let examples { lines.append(("examples", "\(examples)")) }
    return lines.map { "\($0.0): \($0.1)\n" }.joined()
  }
}
