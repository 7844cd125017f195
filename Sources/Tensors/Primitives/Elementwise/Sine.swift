/// The sine of radians.
struct Sine: UnaryElementwise {
  static let name = "sin"
  static let operation = "stablehlo.sine"

  func derivative(_ x: Tensor, _ y: Tensor) -> Tensor { x.cos() }
}
