/// The square root.
struct SquareRoot: UnaryElementwise {
  static let name = "sqrt"
  static let operation = "stablehlo.sqrt"

  func derivative(_ x: Tensor, _ y: Tensor) -> Tensor { 0.5 / y }
}
