/// The real cube root.
struct CubeRoot: UnaryElementwise {
  static let name = "cbrt"
  static let operation = "stablehlo.cbrt"

  func derivative(_ x: Tensor, _ y: Tensor) -> Tensor { y / (3 * x) }
}
