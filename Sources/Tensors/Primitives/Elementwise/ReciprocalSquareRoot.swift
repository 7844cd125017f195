/// 1 / sqrt(x).
struct ReciprocalSquareRoot: UnaryElementwise {
  static let name = "rsqrt"
  static let operation = "stablehlo.rsqrt"

  func derivative(_ x: Tensor, _ y: Tensor) -> Tensor { -0.5 * y / x }
}
