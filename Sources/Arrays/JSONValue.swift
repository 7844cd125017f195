import OrderedCollections

/// A JSON value (RFC 8259). Numbers keep their text, so that no digit is lost; objects keep their order.
package enum JSONValue: Sendable, Equatable {
  case null
  case flag(Bool)
  case number(String)
  case string(String)
  case array([JSONValue])
  case object(OrderedDictionary<String, JSONValue>)

  package static func integer(_ value: Int) -> JSONValue { .number("\(value)") }

  /// JSON has no NaN or infinity: they are the strings `nan`, `inf`, `-inf`.
  package static func real(_ value: Double) -> JSONValue {
    value.isFinite ? .number(value.plainText) : .string(value.plainText)
  }

  /// The number, if it is a whole one written without fraction and exponent and fits.
  package var integer: Int? {
    guard case .number(let text) = self else { return nil }
    return Int(text)
  }

  /// The number, also one of those that ``real(_:)`` writes as strings.
  package var real: Double? {
    switch self {
    case .number(let text): Double(text)
    case .string(let text): ["nan", "-nan", "inf", "-inf"].contains(text) ? Double(text) : nil
    default: nil
    }
  }

  package var string: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  package var array: [JSONValue]? {
    guard case .array(let values) = self else { return nil }
    return values
  }

  package var object: OrderedDictionary<String, JSONValue>? {
    guard case .object(let members) = self else { return nil }
    return members
  }
}

extension Double {
  /// The number with all digits, as it is written to files: `0.1`, `1e-20`, `nan`, `inf`, `-inf`. A NaN's sign, which
  /// some systems print, is dropped.
  package var plainText: String { isNaN ? "nan" : "\(self)" }
}

extension JSONValue {
  /// - Parameters:
  ///   - levels: how many levels of arrays and objects, from the outside, have a line for each element. Deeper levels
  ///     are written in one line, without spaces if `levels` is 0.
  ///   - spaces: whether a line has spaces, where `levels` doesn't decide it.
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
