/// The least element over some axes; NaN if any is. Equal elements share the cotangent.
struct MinimumReduction: Reduction, ExtremeReduction {
  static let name = "min"
  static let operation = "stablehlo.minimum"
  static let domain = ElementDomain.any
  let axes: [Int]

  static func identity(_ dtype: DType) -> String {
    switch dtype {
    case .bool: "true"
    case .float32: "0x7F800000"
    case .float64: "0x7FF0000000000000"
    case .float16: "0x7C00"
    case .bfloat16: "0x7F80"
    default: "\(UInt64.max >> (64 - dtype.byteCount * 8 + (dtype.isUnsigned ? 0 : 1)))"
    }
  }
}
