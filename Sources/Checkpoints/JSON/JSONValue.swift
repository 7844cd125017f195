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
  /// The number as every file has it, with all digits: `0.1`, `1e-20`, `nan`, `inf`, `-inf`. Some systems show a NaN's
  /// sign, which means nothing.
  package var plainText: String { isNaN ? "nan" : "\(self)" }
}
