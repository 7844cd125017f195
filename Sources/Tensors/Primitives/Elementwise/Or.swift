/// Bitwise or, or logical or.
struct Or: BinaryElementwise, NonDifferentiable {
  static let name = "or"
  static let operation = "stablehlo.or"
  static let domain = ElementDomain.bits
}
