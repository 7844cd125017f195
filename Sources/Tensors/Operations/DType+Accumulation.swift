import PJRT

extension DType {
  /// The type that sums, norms and running means of elements of this type are kept in: `float32` for half
  /// precision, else the type itself.
  ///
  /// In `bfloat16` 256 + 1 is 256 and 0.999 is 1; in `float16` 1e-8 is 0.
  public var accumulation: DType {
    switch self {
    case .float16, .bfloat16: .float32
    default: self
    }
  }
}

extension Tensor {
  /// The tensor in a type that sums and running means can be kept in.
  public var widened: Tensor { cast(to: dtype.accumulation) }
}
