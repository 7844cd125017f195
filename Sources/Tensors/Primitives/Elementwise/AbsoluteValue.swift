/// The absolute value; its derivative at 0 is taken as 0.
struct AbsoluteValue: UnaryElementwise {
  static let name = "abs"
  static let operation = "stablehlo.abs"
  static let domain = ElementDomain.signed

  func derivative(_ x: Tensor, _ y: Tensor) -> Tensor { x.sign() }
}
