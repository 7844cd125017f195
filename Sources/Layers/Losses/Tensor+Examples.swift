extension Tensor {
  /// `[batch, …]` to `[batch]`: the mean over all other axes.
  func meanOfPositions() -> Tensor { rank > 1 ? mean(Array(1..<rank)) : self }

  /// The sum of `[batch]` numbers, each times its weight, and the sum of the weights. A weight of 0 masks even
  /// a NaN.
  func total(weights: Tensor?) -> (sum: Tensor, count: Tensor) {
    guard rank == 1 else {
      let message = "needs a number for each example, [batch]"
      let failed =
        diagnostic.map(Tensor.failed) ?? .failed(Diagnostic(operation: "total", message: message, inputs: [type]))
      return (failed, failed)
    }
    if let weights, weights.diagnostic != nil || weights.shape != shape {
      let message = "needs a weight for each example, \(shape)"
      let failed = Tensor.failed(
        weights.diagnostic ?? Diagnostic(operation: "total", message: message, inputs: [type, weights.type]))
      return (failed, failed)
    }
    guard let weights else { return (sum(), Tensor(Double(shape.elementCount), dtype: dtype)) }
    let factors = weights.cast(to: dtype)
    return ((replaced(where: factors .== 0, by: 0) * factors).sum(), factors.sum())
  }

  /// A mean from a sum; of no examples, 0.
  func divided(byCount count: Tensor) -> Tensor { self / count.replaced(where: count .== 0, by: 1) }

  func adding(_ penalty: Tensor?) -> Tensor { penalty.map { self + $0.cast(to: dtype) } ?? self }
}
