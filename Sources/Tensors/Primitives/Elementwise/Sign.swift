/// -1, 0 or 1; NaN stays NaN.
struct Sign: UnaryElementwise, NonDifferentiable {
  static let name = "sign"
  static let operation = "stablehlo.sign"
  static let domain = ElementDomain.signed
}
