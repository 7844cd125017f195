import Configuration

extension RunConfiguration {
  /// Every setting as YAML that ``YAMLReader`` reads back to an equal configuration.
  public func yaml() -> String {
    var lines = [
      ("data", Self.yaml(data)), ("model", Self.yaml(model)), ("loss", Self.yaml(loss)),
      ("optimizer", Self.yaml(optimizer)), ("rule", Self.yaml(rule)), ("averaging", Self.yaml(averaging)),
      ("penalties", Self.yaml(.list(penalties.map(OptionValue.choice)))),
      ("metrics", Self.yaml(.list(metrics.map(OptionValue.choice)))), ("epochs", "\(epochs)"), ("batch", "\(batch)"),
      ("seed", "\(seed)"), ("dtype", dtype.rawValue), ("remainder", remainder.rawValue), ("draws", draws.rawValue),
      ("untrained", "\(untrained)"),
    ]
    if let examples { lines.append(("examples", "\(examples)")) }
    return lines.map { "\($0.0): \($0.1)\n" }.joined()
  }

  private static func yaml(_ choice: Choice) -> String {
    guard !choice.options.isEmpty else { return quoted(choice.name) }
    let options = choice.options.pairs.map { "\($0.key): \(yaml($0.value))" }
    return "{" + (["name: \(quoted(choice.name))"] + options).joined(separator: ", ") + "}"
  }

  private static func yaml(_ value: OptionValue) -> String {
    switch value {
    case .number, .flag: value.description
    case .text(let text): quoted(text)
    case .list(let values): "[" + values.map(yaml).joined(separator: ", ") + "]"
    case .choice(let choice): yaml(choice)
    }
  }

  /// Words as they are; in quotes what YAML would take for something else.
  private static func quoted(_ text: String) -> String {
    let isWord = text.wholeMatch(of: #/[A-Za-z][A-Za-z0-9_\-]*/#) != nil
    if isWord, case .text = OptionValue(scalar: text), text != "null" { return text }
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": escaped += "\\\""
      case "\\": escaped += "\\\\"
      case _ where scalar.value < 0x20 || scalar.value == 0x7f:
        let digits = String(scalar.value, radix: 16)
        escaped += "\\x" + (digits.count < 2 ? "0" : "") + digits
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return "\"\(escaped)\""
  }
}
