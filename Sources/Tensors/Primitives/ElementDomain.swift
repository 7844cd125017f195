/// The element types an operation takes.
package enum ElementDomain: String {
  case any, numeric, signed, floatingPoint = "floating-point", integer, bits = "integer or bool", bool

  package func check(_ inputs: [TensorType]) throws(ShapeError) {
    for input in inputs where !contains(input.dtype) {
      throw ShapeError("takes \(rawValue) elements, not \(input.dtype): cast first")
    }
  }

  private func contains(_ dtype: DType) -> Bool {
    switch self {
    case .any: true
    case .numeric: dtype != .bool
    case .signed: dtype != .bool && !dtype.isUnsigned
    case .floatingPoint: dtype.isFloatingPoint
    case .integer: dtype.isInteger
    case .bits: !dtype.isFloatingPoint
    case .bool: dtype == .bool
    }
  }
}
