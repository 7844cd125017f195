/// log(1 + x), exact near 0.
struct LogarithmOnePlus: UnaryElementwise {
  static let name = "log1p"
  static let operation = "stablehlo.log_plus_one"

  func derivative(_ x: Tensor, _ y: Tensor) -> Tensor { 1 / (x + 1) }
}
