import Configuration

extension OptionValue {
  /// The value as YAML on one line, which ``YAMLReader`` reads back.
  var yaml: String {
    switch self {
    case .number, .flag, .spelled: description
    case .text(let text): text.yaml
    case .list(let values): "[" + values.map(\.yaml).joined(separator: ", ") + "]"
    case .choice(let choice) where choice.options.isEmpty: choice.name.yaml
    case .choice(let choice):
      "{"
        + (["name: \(choice.name.yaml)"] + choice.options.pairs.map { "\($0.key): \($0.value.yaml)" })
        .joined(separator: ", ") + "}"
    }
  }
}

extension String {
  /// What YAML takes for no value.
  static let nulls: Set = ["", "~", "null", "Null", "NULL"]

  /// A word as it is; in quotes what YAML would take for something else.
  var yaml: String {
    if isName, case .text = OptionValue(scalar: self), !Self.nulls.contains(self) { return self }
    return quoted
  }
}
