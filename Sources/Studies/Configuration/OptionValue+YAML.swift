import Configuration

extension OptionValue {
  /// The value as YAML on one line, which ``YAMLReader`` reads back.
  var yaml: String {
    switch self {
    case .number, .flag: description
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
  /// A word as it is; in quotes what YAML would take for something else.
  var yaml: String {
    let isWord = wholeMatch(of: #/[A-Za-z][A-Za-z0-9_\-]*/#) != nil
    if isWord, case .text = OptionValue(scalar: self), self != "null" { return self }
    var escaped = ""
    for scalar in unicodeScalars {
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
