/// The smaller; NaN if either is. Equal elements share the cotangent.
struct Minimum: BinaryElementwise {
  static let name = "minimum"
  static let operation = "stablehlo.minimum"
  static let domain = ElementDomain.any

  func cotangents(_ cotangent: Tensor, _ x: Tensor, _ y: Tensor, _ result: Tensor) -> [Tensor?] {
    let share = Tensor(0.5, like: x).replaced(where: x .< y, by: 1).replaced(where: x .> y, by: 0)
    return [cotangent * share, cotangent * (1 - share)]
  }
}
