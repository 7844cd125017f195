/// The angle of the point (y, x), first input first, in radians.
struct ArcTangent: BinaryElementwise {
  static let name = "atan2"
  static let operation = "stablehlo.atan2"
  static let domain = ElementDomain.floatingPoint

  func cotangents(_ cotangent: Tensor, _ x: Tensor, _ y: Tensor, _ result: Tensor) -> [Tensor?] {
    let norm = x * x + y * y
    return [cotangent * y / norm, -(cotangent * x) / norm]
  }
}
