/// Bitwise or logical exclusive or.
struct ExclusiveOr: BinaryElementwise, NonDifferentiable {
  static let name = "xor"
  static let operation = "stablehlo.xor"
  static let domain = ElementDomain.bits
}
