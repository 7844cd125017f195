extension Tensor {
  /// The square root of the sum of squares, in a type that can hold it: a scalar.
  func norm() -> Tensor { widened.squared().sum().sqrt() }
}

extension TensorTree {
  /// The norm of all elements together: a `float32` scalar, `float64` if any tensor is.
  func wideNorm() -> Tensor {
    let dtype: DType = types.contains { $0.dtype == .float64 } ? .float64 : .float32
    return mapValues { $0.cast(to: dtype) }.globalNorm()
  }
}
