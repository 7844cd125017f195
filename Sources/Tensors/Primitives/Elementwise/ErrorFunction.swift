/// The error function; the factor is 2 / sqrt(pi).
struct ErrorFunction: UnaryElementwise {
  static let name = "erf"
  static let operation = "chlo.erf"

  func derivative(_ x: Tensor, _ y: Tensor) -> Tensor { (-(x * x)).exp() * 1.1283791670955126 }
}
