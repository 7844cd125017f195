/// Bitwise and, or logical and.
struct And: BinaryElementwise, NonDifferentiable {
  static let name = "and"
  static let operation = "stablehlo.and"
  static let domain = ElementDomain.bits
}
