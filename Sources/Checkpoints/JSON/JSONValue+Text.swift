extension JSONValue {
  /// - Parameter levels: how many levels of arrays and objects, from the outside, have a line for each element;
  ///   what is deeper stands in one line, without spaces if `levels` is 0.
  /// - Parameter spaces: whether there are spaces in a line, where `levels` doesn't decide it.
  package func text(expanding levels: Int = 0, spaces: Bool? = nil) -> String {
    var text = ""
    write(to: &text, expanding: levels, indentation: "", spaces: spaces ?? (levels > 0))
    return text
  }

  private func write(to text: inout String, expanding levels: Int, indentation: String, spaces: Bool) {
    switch self {
    case .null: text += "null"
    case .flag(let value): text += value ? "true" : "false"
    case .number(let digits): text += digits
    case .string(let value): Self.quote(value, to: &text)
    case .array(let values):
      Self.list(values, "[", "]", to: &text, expanding: levels, indentation, spaces) { value, text, inner in
        value.write(to: &text, expanding: levels - 1, indentation: inner, spaces: spaces)
      }
    case .object(let members):
      Self.list(Array(members), "{", "}", to: &text, expanding: levels, indentation, spaces) { member, text, inner in
        Self.quote(member.key, to: &text)
        text += spaces ? ": " : ":"
        member.value.write(to: &text, expanding: levels - 1, indentation: inner, spaces: spaces)
      }
    }
  }

  private static func list<Element>(
    _ elements: [Element], _ opening: String, _ closing: String, to text: inout String, expanding levels: Int,
    _ indentation: String, _ spaces: Bool, write: (Element, inout String, String) -> Void
  ) {
    let isExpanded = levels > 0 && !elements.isEmpty
    let inner = indentation + "  "
    text += opening
    for (index, element) in elements.enumerated() {
      if index > 0 { text += isExpanded || !spaces ? "," : ", " }
      if isExpanded { text += "\n" + inner }
      write(element, &text, inner)
    }
    text += isExpanded ? "\n" + indentation + closing : closing
  }

  private static func quote(_ value: String, to text: inout String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{8}": text += "\\b"
      case "\u{c}": text += "\\f"
      case "\0"..."\u{1f}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
