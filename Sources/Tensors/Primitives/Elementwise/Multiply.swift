/// Elementwise product.
struct Multiply: BinaryElementwise {
  static let name = "multiply"
  static let operation = "stablehlo.multiply"

  func cotangents(_ cotangent: Tensor, _ x: Tensor, _ y: Tensor, _ result: Tensor) -> [Tensor?] {
    [cotangent * y, cotangent * x]
  }
}
