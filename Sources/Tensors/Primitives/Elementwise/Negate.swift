/// The negative.
struct Negate: UnaryElementwise {
  static let name = "negate"
  static let operation = "stablehlo.negate"
  static let domain = ElementDomain.numeric

  func derivative(_ x: Tensor, _ y: Tensor) -> Tensor { Tensor(-1, like: x) }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] { [-cotangents[0]] }
}
