/// Negated bits, or negated truth.
struct Not: UnaryElementwise, NonDifferentiable {
  static let name = "not"
  static let operation = "stablehlo.not"
  static let domain = ElementDomain.bits
}
