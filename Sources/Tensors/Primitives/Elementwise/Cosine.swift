/// The cosine of radians.
struct Cosine: UnaryElementwise {
  static let name = "cos"
  static let operation = "stablehlo.cosine"

  func derivative(_ x: Tensor, _ y: Tensor) -> Tensor { -x.sin() }
}
