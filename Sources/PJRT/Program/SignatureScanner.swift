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

  /// The first tensor type whose elements wouldn't fit in `limit` if each took a byte, if there is one.
  mutating func tensorType(largerThan limit: Int) -> String? {
    let keyword = [UInt8]("tensor<".utf8)
    while position < bytes.count {
      guard bytes[position] == keyword[0], starts(with: keyword) else {
        position += 1
        continue
      }
      let start = position
      position += keyword.count
      var count = 1
      var extent: Int? = 0
      digits: while position < bytes.count {
        switch bytes[position] {
        case let digit where isSpace(digit): break
        case let digit where (48...57).contains(digit):
          extent = extent.flatMap { $0 > (.max - 9) / 10 ? nil : $0 * 10 + Int(digit - 48) }
        case UInt8(ascii: "x"):
          // An extent of zero mustn't hide another: the count of elements isn't all that is computed.
          let product = extent.map { count.multipliedReportingOverflow(by: max($0, 1)) }
          guard let product, !product.overflow, product.partialValue <= limit else {
            return String(decoding: bytes[start...].prefix { $0 != UInt8(ascii: ">") }, as: UTF8.self) + ">"
          }
          count = product.partialValue
          extent = 0
        default: break digits
        }
        position += 1
      }
    }
    return nil
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
