/// The sum over some axes; that of half precision is added up in `float32`.
struct Sum: Reduction {
  static let name = "sum"
  static let operation = "stablehlo.add"
  static let domain = ElementDomain.numeric
  static let accumulates = true
  let axes: [Int]

  static func identity(_ dtype: DType) -> String { dtype.isFloatingPoint ? "0.0" : "0" }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    [restored(cotangents[0], to: inputs[0].shape)]
  }
}
