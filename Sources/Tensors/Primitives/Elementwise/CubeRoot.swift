/// The real cube root.
struct CubeRoot: UnaryElementwise {
  static let name = "cbrt"
  static let operation = "stablehlo.cbrt"

  func derivative(_ x: Tensor, _ y: Tensor) -> Tensor { 1 / (3 * y * y) }
}
