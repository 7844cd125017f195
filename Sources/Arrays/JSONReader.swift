import OrderedCollections

/// Reads JSON strictly by RFC 8259; a name that an object has twice is an error.
package struct JSONReader {
  private let bytes: [UInt8]
  private var position = 0
  /// Levels of arrays and objects, at most: untrusted files mustn't exhaust the stack.
  private static let depthLimit = 64

  package static func value(of bytes: some Collection<UInt8>) throws(JSONProblem) -> JSONValue {
    guard String(validating: bytes, as: UTF8.self) != nil else { throw .notUTF8 }
    var reader = JSONReader(bytes: Array(bytes))
    let value = try reader.value(depth: 0)
    reader.skipSpace()
    guard reader.position == reader.bytes.count else { throw reader.malformed("the end") }
    return value
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func value(depth: Int) throws(JSONProblem) -> JSONValue {
    guard depth < Self.depthLimit else {
      throw .malformed(offset: position, reason: "more than \(Self.depthLimit) levels of arrays and objects")
    }
    skipSpace()
    switch current {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .flag(true))
    case UInt8(ascii: "f"): return try word("false", .flag(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func object(depth: Int) throws(JSONProblem) -> JSONValue {
    var members: OrderedDictionary<String, JSONValue> = [:]
    position += 1
    skipSpace()
    if take("}") { return .object(members) }
    repeat {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { throw malformed("a name in quotes") }
      let name = try string()
      skipSpace()
      guard take(":") else { throw malformed("':'") }
      let member = try value(depth: depth + 1)
      guard members.updateValue(member, forKey: name) == nil else { throw .duplicateName(name) }
      skipSpace()
    } while take(",")
    guard take("}") else { throw malformed("',' or '}'") }
    return .object(members)
  }

  private mutating func array(depth: Int) throws(JSONProblem) -> JSONValue {
    var values: [JSONValue] = []
    position += 1
    skipSpace()
    if take("]") { return .array(values) }
    repeat {
      values.append(try value(depth: depth + 1))
      skipSpace()
    } while take(",")
    guard take("]") else { throw malformed("',' or ']'") }
    return .array(values)
  }

  private mutating func string() throws(JSONProblem) -> String {
    var text: [UInt8] = []
    position += 1
    while let byte = current {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): text += String(try escape()).utf8
      case 0..<0x20:
        position -= 1
        throw malformed("no control character in a string")
      default: text.append(byte)
      }
    }
    throw malformed("the string's end")
  }

  /// The character that follows a backslash.
  private mutating func escape() throws(JSONProblem) -> Unicode.Scalar {
    let escapes: [Character: Unicode.Scalar] = [
      "\"": "\"", "\\": "\\", "/": "/", "b": "\u{8}", "f": "\u{c}", "n": "\n", "r": "\r", "t": "\t",
    ]
    guard let byte = current else { throw malformed("an escaped character") }
    if let scalar = escapes[Character(Unicode.Scalar(byte))] {
      position += 1
      return scalar
    }
    var code = try hexadecimal()
    if 0xd800..<0xdc00 ~= code {
      guard take("\\") else { throw malformed("the other half of a surrogate pair") }
      let low = try hexadecimal()
      guard 0xdc00..<0xe000 ~= low else { throw malformed("the other half of a surrogate pair") }
      code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw malformed("a character, not half a surrogate pair") }
    return scalar
  }

  /// `uXXXX`
  private mutating func hexadecimal() throws(JSONProblem) -> UInt32 {
    guard take("u") else { throw malformed("a known escape") }
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw malformed("four hexadecimal digits")
      }
      code = code << 4 | UInt32(digit)
      position += 1
    }
    return code
  }

  private mutating func number() throws(JSONProblem) -> String {
    let start = position
    _ = take("-")
    if !take("0") { try digits() }
    if take(".") { try digits() }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      try digits()
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func digits() throws(JSONProblem) {
    let start = position
    while let byte = current, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { position += 1 }
    guard position > start else { throw malformed("a value") }
  }

  private mutating func word(_ word: String, _ value: JSONValue) throws(JSONProblem) -> JSONValue {
    guard bytes[position...].starts(with: word.utf8) else { throw malformed("a value") }
    position += word.utf8.count
    return value
  }

  private mutating func skipSpace() {
    while let byte = current, [0x20, 0x09, 0x0a, 0x0d].contains(byte) { position += 1 }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard current == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func malformed(_ expected: String) -> JSONProblem {
    .malformed(offset: position, reason: "expected \(expected)")
  }
}

/// Why bytes aren't valid JSON.
package enum JSONProblem: Error, Equatable {
  case notUTF8
  case duplicateName(String)
  /// - Parameter offset: the position of the unexpected byte.
  case malformed(offset: Int, reason: String)
}
