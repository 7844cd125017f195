/// e to the power of each element.
struct Exponential: UnaryElementwise {
  static let name = "exp"
  static let operation = "stablehlo.exponential"

  func derivative(_ x: Tensor, _ y: Tensor) -> Tensor { y }
}
