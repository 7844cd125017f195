extension Tensor {
  /// The square root of the sum of squares, in a type that can hold it: a scalar.
  func norm() -> Tensor { upcast.squared().sum().sqrt() }
}

extension TensorTree {
  /// The norm of all elements together: a `float32` scalar, `float64` if any tensor is.
  func wideNorm() -> Tensor {
    let dtype = wideType
    return mapValues { $0.cast(to: dtype) }.globalNorm()
  }

  /// `float32`, or `float64` if any tensor is.
  var wideType: DType { types.contains { $0.dtype == .float64 } ? .float64 : .float32 }

  /// The sum of all products of elements of two trees of equal paths, a scalar of ``wideNorm()``'s type.
  func product(_ other: TensorTree) -> Tensor {
    let dtype = wideType
    return zip(other) { ($0.upcast * $1.upcast).sum().cast(to: dtype) }.tensors
      .reduce(Tensor(0, dtype: dtype), +)
  }
}
