/// e^x - 1, exact near 0.
struct ExponentialMinusOne: UnaryElementwise {
  static let name = "expm1"
  static let operation = "stablehlo.exponential_minus_one"

  func derivative(_ x: Tensor, _ y: Tensor) -> Tensor { y + 1 }
}
