/// 1 / (1 + e^-x).
struct Logistic: UnaryElementwise {
  static let name = "logistic"
  static let operation = "stablehlo.logistic"

  func derivative(_ x: Tensor, _ y: Tensor) -> Tensor { y * (1 - y) }
}
