/// The greatest element over some axes; NaN if any is. Equal elements share the cotangent.
struct MaximumReduction: Reduction, ExtremeReduction {
  static let name = "max"
  static let operation = "stablehlo.maximum"
  static let domain = ElementDomain.any
  let axes: [Int]

  static func identity(_ dtype: DType) -> String {
    switch dtype {
    case .bool: "false"
    case .float32: "0xFF800000"
    case .float64: "0xFFF0000000000000"
    case .float16: "0xFC00"
    case .bfloat16: "0xFF80"
    default: dtype.isUnsigned ? "0" : "-\(UInt64(1) << (dtype.byteCount * 8 - 1))"
    }
  }
}
