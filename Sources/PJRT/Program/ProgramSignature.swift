/// The parameters of a StableHLO program's entry function, read from the program's text.
///
/// The PJRT C API reports the types of a compiled program's outputs but not of its parameters, and a
/// plugin may end the process on a wrong argument, so arguments are checked against this.
struct ProgramSignature: Sendable, Hashable {
  let parameters: [BufferType]

  init(parameters: [BufferType]) {
    self.parameters = parameters
  }

  /// - Parameter text: a program that compiles.
  /// - Throws: ``EngineError/unsupportedProgram(_:)`` if there is no `@main` or a parameter isn't a
  ///   tensor of static shape with an element type of ``DType``.
  init(parsing text: String) throws(EngineError) {
    var scanner = SignatureScanner(text)
    guard scanner.skip(toFunction: "main") else {
      throw .unsupportedProgram("it has no function @main")
    }
    var parameters: [BufferType] = []
    for type in scanner.parameterTypes() {
      guard let parameter = BufferType(mlir: type) else {
        throw .unsupportedProgram(
          "parameter \(parameters.count) of @main is \(type), not a tensor of fixed shape and a supported type")
      }
      parameters.append(parameter)
    }
    self.parameters = parameters
  }
}

extension DType {
  /// The element type's name in StableHLO text.
  package var mlir: String {
    switch self {
    case .bool: "i1"
    case .int8: "i8"
    case .int16: "i16"
    case .int32: "i32"
    case .int64: "i64"
    case .uint8: "ui8"
    case .uint16: "ui16"
    case .uint32: "ui32"
    case .uint64: "ui64"
    case .float16: "f16"
    case .bfloat16: "bf16"
    case .float32: "f32"
    case .float64: "f64"
    }
  }
}

extension BufferType {
  /// - Parameter mlir: for example `tensor<2x3xf32>`; an encoding after a comma is left aside.
  fileprivate init?(mlir type: String) {
    guard type.hasPrefix("tensor<"), type.hasSuffix(">") else { return nil }
    let inside = type.dropFirst(7).dropLast().prefix { $0 != "," }.filter { !$0.isWhitespace }
    let parts = inside.split(separator: "x", omittingEmptySubsequences: false)
    guard let element = parts.last, let dtype = DType.allCases.first(where: { $0.mlir == element }) else {
      return nil
    }
    let shape = parts.dropLast().compactMap { Int($0) }
    guard shape.count == parts.count - 1, shape.allSatisfy({ $0 >= 0 }) else { return nil }
    self.init(dtype: dtype, shape: shape)
  }
}

/// Finds a function's parameter types in MLIR text, past comments, strings and attributes.
struct SignatureScanner {
  private let bytes: [UInt8]
  private var position = 0

  init(_ text: String) {
    bytes = [UInt8](text.utf8)
  }

  /// Moves behind the `(` that opens the parameters of `func.func … @name(`.
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
