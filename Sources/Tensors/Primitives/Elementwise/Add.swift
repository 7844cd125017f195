/// Elementwise sum.
struct Add: BinaryElementwise {
  static let name = "add"
  static let operation = "stablehlo.add"

  func cotangents(_ cotangent: Tensor, _ x: Tensor, _ y: Tensor, _ result: Tensor) -> [Tensor?] {
    [cotangent, cotangent]
  }
}
