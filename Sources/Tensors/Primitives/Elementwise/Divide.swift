/// Elementwise quotient; integers are truncated towards zero.
struct Divide: BinaryElementwise {
  static let name = "divide"
  static let operation = "stablehlo.divide"

  func cotangents(_ cotangent: Tensor, _ x: Tensor, _ y: Tensor, _ result: Tensor) -> [Tensor?] {
    [cotangent / y, -(cotangent * result) / y]
  }
}
