extension DType {
  /// The type that running means and norms of tensors of this type are kept in.
  ///
  /// 0.999 is 1 in `bfloat16` and 1e-8 is 0 in `float16`: moments in half precision would never decay, and
  /// divide by zero.
  var accumulation: DType {
    switch self {
    case .float16, .bfloat16: .float32
    default: self
    }
  }
}

extension Tensor {
  /// The tensor in a type that sums and running means can be kept in.
  var widened: Tensor { cast(to: dtype.accumulation) }

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
