/// The first to the power of the second.
struct Power: BinaryElementwise {
  static let name = "power"
  static let operation = "stablehlo.power"

  func cotangents(_ cotangent: Tensor, _ x: Tensor, _ y: Tensor, _ result: Tensor) -> [Tensor?] {
    // At x = 0 the logarithm is infinite, but the result's derivative there is 0.
    let logarithm = x.replaced(where: x .== 0, by: 1).log()
    // 0^0 is 1 whatever the base does, but 0 * 0^-1 would be NaN.
    let slope = (y * x.power(y - 1)).replaced(where: (x .== 0) .& (y .== 0), by: 0)
    return [cotangent * slope, cotangent * result * logarithm]
  }
}
