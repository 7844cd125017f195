/// The natural logarithm.
struct Logarithm: UnaryElementwise {
  static let name = "log"
  static let operation = "stablehlo.log"

  func derivative(_ x: Tensor, _ y: Tensor) -> Tensor { 1 / x }
}
