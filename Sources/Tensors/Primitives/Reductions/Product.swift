/// The product over some axes.
struct Product: Reduction {
  static let name = "product"
  static let operation = "stablehlo.multiply"
  static let domain = ElementDomain.numeric
  let axes: [Int]

  static func identity(_ dtype: DType) -> String { dtype.isFloatingPoint ? "1.0" : "1" }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    let x = inputs[0]
    func all(_ tensor: Tensor) -> Tensor { restored(tensor, to: x.shape) }
    // The product of the others: dividing the zeros out would give NaN.
    let isZero = x .== 0
    let zeros = all(Tensor(Sum(axes: axes), [isZero.cast(to: x.dtype)]))
    let nonzero = x.replaced(where: isZero, by: 1)
    let product = all(Tensor(Product(axes: axes), [nonzero]))
    let atZero = product.replaced(where: zeros .!= 1, by: 0)
    let elsewhere = (product / nonzero).replaced(where: zeros .!= 0, by: 0)
    return [all(cotangents[0]) * Tensor(Select(), [isZero, atZero, elsewhere])]
  }
}
