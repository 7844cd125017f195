import Configuration

extension RunConfiguration {
  /// Every setting as YAML that ``YAMLReader`` reads back to an equal configuration.
  public func yaml() -> String {
    var lines = [
      ("data", OptionValue.choice(data).yaml), ("model", OptionValue.choice(model).yaml), ("loss", OptionValue.choice(loss).yaml),
      ("optimizer", OptionValue.choice(optimizer).yaml), ("rule", OptionValue.choice(rule).yaml), ("averaging", OptionValue.choice(averaging).yaml),
      ("penalties", OptionValue.list(penalties.map(OptionValue.choice)).yaml),
      ("metrics", OptionValue.list(metrics.map(OptionValue.choice)).yaml), ("epochs", "\(epochs)"), ("batch", "\(batch)"),
      ("seed", "\(seed)"), ("dtype", dtype.rawValue), ("remainder", remainder.rawValue), ("draws", draws.rawValue),
      ("untrained", "\(untrained)"),
    ]
    if let examples { lines.append(("examples", "\(examples)")) }
    return lines.map { "\($0.0): \($0.1)\n" }.joined()
  }
}
