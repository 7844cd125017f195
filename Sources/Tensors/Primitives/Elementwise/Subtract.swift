/// Elementwise difference.
struct Subtract: BinaryElementwise {
  static let name = "subtract"
  static let operation = "stablehlo.subtract"

  func cotangents(_ cotangent: Tensor, _ x: Tensor, _ y: Tensor, _ result: Tensor) -> [Tensor?] {
    [cotangent, -cotangent]
  }
}
