/// Finds a function's parameter types in MLIR text, past comments, strings and attributes.
struct SignatureScanner {
  private let bytes: [UInt8]
  private var position = 0

  init(_ text: String) {
    bytes = [UInt8](text.utf8)
  }

  /// Move behind the `(` that opens the parameters of `func.func … @name(`.
  mutating func skip(toFunction name: String) -> Bool {
    let keyword = [UInt8]("func.func".utf8)
    let symbol = [UInt8]("@\(name)".utf8)
    while position < bytes.count {
      if skipCommentOrString() { continue }
      guard starts(with: keyword) else {
        position += 1
        continue
      }
      position += keyword.count
      // Between the keyword and the name stands at most a visibility.
      while position < bytes.count, bytes[position] != UInt8(ascii: "("), bytes[position] != UInt8(ascii: "@") {
        position += 1
      }
      guard starts(with: symbol) else { continue }
      position += symbol.count
      while position < bytes.count, isSpace(bytes[position]) { position += 1 }
      guard position < bytes.count, bytes[position] == UInt8(ascii: "(") else { continue }
      position += 1
      return true
    }
    return false
  }

  /// The types in `%name: type {attributes}, …)`, without spaces around them.
  mutating func parameterTypes() -> [String] {
    var types: [String] = []
    var depth = 0
    var start: Int?
    while position < bytes.count {
      let before = position
      if skipCommentOrString() { continue }
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "-") where position < bytes.count && bytes[position] == UInt8(ascii: ">"):
        position += 1
      case UInt8(ascii: ":") where depth == 0 && start == nil:
        start = position
      case UInt8(ascii: "<"), UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
        depth += 1
      case UInt8(ascii: ">") where depth == 1:
        depth = 0
        // A tensor type ends with its bracket; what follows are attributes.
        if let first = start, first >= 0 {
          types.append(trimmed(first..<position))
          start = -1
        }
      case UInt8(ascii: ")") where depth == 0, UInt8(ascii: ",") where depth == 0:
        if let first = start, first >= 0 { types.append(trimmed(first..<before)) }
        start = nil
        if byte == UInt8(ascii: ")") { return types }
      case UInt8(ascii: ">"), UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
        depth -= 1
      default:
        break
      }
    }
    return types
  }

  private mutating func skipCommentOrString() -> Bool {
    if bytes[position] == UInt8(ascii: "\"") {
      position += 1
      while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
        position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
      }
      position += 1
      return true
    }
    if starts(with: [UInt8(ascii: "/"), UInt8(ascii: "/")]) {
      while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
      return true
    }
    return false
  }

  private func starts(with prefix: [UInt8]) -> Bool {
    bytes[min(position, bytes.count)...].starts(with: prefix)
  }

  private func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

  private func trimmed(_ range: Range<Int>) -> String {
    let text = bytes[range].drop(while: isSpace)
    let end = text.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? text.startIndex
    return String(decoding: text[text.startIndex..<end], as: UTF8.self)
  }
}
