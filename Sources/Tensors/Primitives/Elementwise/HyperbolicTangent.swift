/// The hyperbolic tangent.
struct HyperbolicTangent: UnaryElementwise {
  static let name = "tanh"
  static let operation = "stablehlo.tanh"

  func derivative(_ x: Tensor, _ y: Tensor) -> Tensor { 1 - y * y }
}
