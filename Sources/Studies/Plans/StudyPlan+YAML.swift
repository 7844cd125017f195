import Configuration

extension StudyPlan {
  /// The plan as YAML that ``init(yaml:source:name:)`` reads back to an equal plan; equal plans have equal texts.
  /// - Throws: `ConfigurationError` for a setting whose text can't be read.
  public func yaml() throws(ConfigurationError) -> String {
    var lines = [
      "name: \(name.yaml)", "title: \(title.yaml)", "metric: \(OptionValue.choice(metric.choice).yaml)",
      "targets: \(OptionValue.list(targets.map(OptionValue.number)).yaml)",
      "seeds: \(OptionValue.list(seeds.map { .number(Double($0)) }).yaml)",
    ]
    if let baseline { lines.append("baseline: \(baseline.yaml)") }
    if !base.isEmpty { lines.append("base:") }
    for setting in base { lines.append("  \(try Self.line(setting))") }
    if !arms.isEmpty { lines.append("arms:") }
    for arm in arms {
      var settings: [String] = []
      for setting in arm.settings { settings.append(try Self.line(setting)) }
      if let published = arm.published { settings += published.yaml }
      lines.append("  \(arm.name.yaml):" + (settings.isEmpty ? " {}" : ""))
      lines += settings.map { "    " + $0 }
    }
    if !grid.isEmpty { lines.append("grid:") }
    for axis in grid { lines.append("  \(axis.path.yaml): \(OptionValue.list(axis.values).yaml)") }
    return lines.map { $0 + "\n" }.joined()
  }

  private static func line(_ setting: Override) throws(ConfigurationError) -> String {
    "\(setting.path.yaml): \(try setting.value().yaml)"
  }
}
