/// Reads the flat dictionary of Python literals in an NPY header.
struct PythonLiteral {
  enum Value: Equatable {
    case text(String)
    case flag(Bool)
    case integers([Int])
    /// A list or tuple of anything else, as written.
    case other(String)

    /// The value's text, for messages.
    var source: String {
      switch self {
      case .text(let text): text
      case .flag(let flag): flag ? "True" : "False"
      case .integers(let numbers): "\(numbers)"
      case .other(let source): source
      }
    }
  }

  struct Malformed: Error {
    var reason: String
  }

  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// `{'key': value, …}` with nothing but white space after it.
  mutating func dictionary() throws(Malformed) -> [String: Value] {
    try expect("{", in: "a dictionary")
    var entries: [String: Value] = [:]
    while peek() != "}" {
      let key = try text()
      try expect(":", in: "'\(key)'")
      guard entries.updateValue(try value(of: key), forKey: key) == nil else {
        throw Malformed(reason: "'\(key)' is given twice")
      }
      if peek() == "," { rest.removeFirst() } else { break }
    }
    try expect("}", in: "the dictionary")
    guard peek() == nil else { throw Malformed(reason: "there is something after the dictionary") }
    return entries
  }

  private mutating func value(of key: String) throws(Malformed) -> Value {
    switch peek() {
    case "'", "\"": return .text(try text())
    case "(", "[": return try sequence(key)
    default:
      let word = String(decoding: rest.prefix { (0x41...0x7a).contains($0) }, as: UTF8.self)
      guard word == "True" || word == "False" else {
        throw Malformed(reason: "the value of '\(key)' is no literal that belongs here")
      }
      rest.removeFirst(word.utf8.count)
      return .flag(word == "True")
    }
  }

  private mutating func text() throws(Malformed) -> String {
    guard let quote = peek(), quote == "'" || quote == "\"" else {
      throw Malformed(reason: "a quoted name is missing")
    }
    rest.removeFirst()
    guard let end = rest.firstIndex(of: UInt8(ascii: quote)) else {
      throw Malformed(reason: "a quoted name isn't closed")
    }
    defer { rest = rest[(end + 1)...] }
    return String(decoding: rest[..<end], as: UTF8.self)
  }

  /// Up to the bracket that closes the current one; quoted brackets don't count.
  private mutating func sequence(_ key: String) throws(Malformed) -> Value {
    var depth = 0
    var quote: UInt8?
    for (index, byte) in zip(rest.indices, rest) {
      if let open = quote {
        if byte == open { quote = nil }
        continue
      }
      switch Unicode.Scalar(byte) {
      case "'", "\"": quote = byte
      case "(", "[": depth += 1
      case ")", "]": depth -= 1
      default: break
      }
      if depth == 0 {
        defer { rest = rest[(index + 1)...] }
        return Self.integers(rest[...index]) ?? .other(String(decoding: rest[...index], as: UTF8.self))
      }
    }
    throw Malformed(reason: "the value of '\(key)' isn't closed")
  }

  /// The numbers of `(3, 4)`, `(3,)` or `()`; Python 2 wrote `3L`.
  private static func integers(_ source: ArraySlice<UInt8>) -> Value? {
    guard source.first == UInt8(ascii: "(") else { return nil }
    var items = source.dropFirst().dropLast().split(
      separator: UInt8(ascii: ","), omittingEmptySubsequences: false
    ).map { item in String(decoding: item.filter { $0 != 0x20 }, as: UTF8.self) }
    if items.last == "" { items.removeLast() }
    let numbers = items.compactMap { Int($0.hasSuffix("L") ? String($0.dropLast()) : $0) }
    guard numbers.count == items.count, numbers.allSatisfy({ $0 >= 0 }) else { return nil }
    return .integers(numbers)
  }

  /// The next character that isn't white space.
  private mutating func peek() -> Unicode.Scalar? {
    rest = rest.drop { $0 == 0x20 || $0 == 0x0a || $0 == 0x09 || $0 == 0x0d }
    return rest.first.map { Unicode.Scalar($0) }
  }

  private mutating func expect(_ character: Unicode.Scalar, in place: String) throws(Malformed) {
    guard peek() == character else {
      throw Malformed(reason: "'\(character)' is missing from \(place)")
    }
    rest.removeFirst()
  }
}
