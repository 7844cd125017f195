/// What the entry function of a StableHLO program takes, read from the program's text.
///
/// The PJRT C API tells the types of a compiled program's outputs but not of its parameters, and a
/// plugin can end the process on a wrong argument, so they are checked against this.
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
