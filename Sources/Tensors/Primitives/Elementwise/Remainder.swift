/// The remainder of the quotient truncated towards zero; it has the sign of the first.
struct Remainder: BinaryElementwise {
  static let name = "remainder"
  static let operation = "stablehlo.remainder"

  func cotangents(_ cotangent: Tensor, _ x: Tensor, _ y: Tensor, _ result: Tensor) -> [Tensor?] {
    // The truncated quotient; from the result, since x / y may round up to an integer.
    let quotient = ((x - result) / y).rounded()
    return [cotangent, -cotangent * quotient]
  }
}
