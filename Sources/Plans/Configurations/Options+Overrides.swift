import Configuration

extension Options {
  /// Replaces one setting as a command line writes it: `epochs=5`, `optimizer.learningRate=0.5`.
  ///
  /// An option of a method that isn't set goes to a run's default one.
  /// - Throws: `ConfigurationError` if the text isn't a setting, or its path leads to no method.
  public mutating func override(assignment: String) throws(ConfigurationError) {
    guard let equals = assignment.firstIndex(of: "=") else {
      throw .invalid(message: "'\(assignment)' is no setting: write key=value", origin: "command line")
    }
    let path = assignment[..<equals].filter { !$0.isWhitespace }
    try override(path, String(assignment[assignment.index(after: equals)...]), origin: "command line")
  }

  /// As ``override(assignment:)``, with path and value apart.
  /// - Parameter origin: what errors call the place, `--epochs` say.
  public mutating func override(_ path: String, _ text: String, origin: String) throws(ConfigurationError) {
    try replace(path, with: OptionValue(parsing: text, origin: origin), origin: origin)
  }

  /// As ``override(_:_:origin:)``, with a value that is read already.
  mutating func replace(_ path: String, with value: OptionValue, origin: String) throws(ConfigurationError) {
    guard path.isPath else {
      throw .invalid(message: "'\(path)' is no setting's name: write key or method.key", origin: origin)
    }
    if path.contains("."), let key = path.split(separator: ".").first.map(String.init) {
      if !hasUnderAnyName(key), let method = RunConfiguration().choice(named: key) {
        try override(key, .choice(MethodSpec(method.name, Options(origin: origin))), origin: origin)
      }
    }
    try override(path, value, origin: origin)
  }
}

extension RunConfiguration {
  /// The method that fills a slot.
  fileprivate func choice(named key: String) -> MethodSpec? {
    [
      "data": data, "model": model, "loss": loss, "optimizer": optimizer, "gradientRule": gradientRule,
      "averaging": averaging,
    ][RenamedSettings.named(key, in: RenamedSettings.run, .present)]
  }
}

extension RunConfiguration {
  /// The configuration with some settings replaced, as a command line writes them: `data=digits`.
  /// - Throws: `ConfigurationError` for what is no setting, unknown, of the wrong kind or out of range.
  public func overridden(by assignments: [String]) throws(ConfigurationError) -> RunConfiguration {
    if assignments.isEmpty { return self }
    var options = try YAMLReader.options(text: yaml(), source: "the configuration")
    for assignment in assignments { try options.override(assignment: assignment) }
    return try RunConfiguration(from: options)
  }
}
