/// The number whose error function is x, for x in -1...1; the factor is sqrt(pi) / 2.
struct InverseErrorFunction: UnaryElementwise {
  static let name = "erfInverse"
  static let operation = "chlo.erf_inv"

  func derivative(_ x: Tensor, _ y: Tensor) -> Tensor { (y * y).exp() * 0.886226925452758 }
}
