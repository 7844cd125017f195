/// The product over some axes.
struct Product: Reduction {
  static let name = "product"
  static let operation = "stablehlo.multiply"
  static let domain = ElementDomain.numeric
  let axes: [Int]

  static func identity(_ dtype: DType) -> String { dtype.isFloatingPoint ? "1.0" : "1" }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    // The product of the others, from those before and those after: dividing by the element fails at zeros,
    // and masking the zeros out loses their second derivatives.
    let x = inputs[0]
    let kept = x.shape.indices.filter { !axes.contains($0) }
    let moved = x.transpose(kept + axes)
    let rows = moved.reshape(to: Shape(kept.map { x.shape[$0] } + [axes.reduce(1) { $0 * x.shape[$1] }]))
    let others = rows.productBefore() * rows.reverse([-1]).productBefore().reverse([-1])
    var inverse = kept + axes
    for (index, axis) in (kept + axes).enumerated() { inverse[axis] = index }
    return [restored(cotangents[0], to: x.shape) * others.reshape(to: moved.shape).transpose(inverse)]
  }
}

extension Tensor {
  /// For each element of the last axis the product of those before it, by doubling strides.
  fileprivate func productBefore() -> Tensor {
    let one = Tensor(1, dtype: dtype)
    func shifted(_ tensor: Tensor, by count: Int) -> Tensor {
      let none = shape.map { _ in 0 }
      let low = Array(none.dropLast()) + [count]
      let high = Array(none.dropLast()) + [-count]
      return Tensor(Pad(low: low, high: high, interior: none), [tensor, one])
    }
    let extent = shape.last
    guard extent > 0 else { return self }
    var product = shifted(self, by: 1)
    var stride = 1
    while stride < extent {
      product = product * shifted(product, by: stride)
      stride *= 2
    }
    return product
  }
}
