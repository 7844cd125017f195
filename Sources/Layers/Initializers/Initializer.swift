import Configuration

/// How a parameter starts.
public protocol Initializer: Catalogued {
  /// Values for a parameter of the given shape. Matrices are `[inputs, outputs]`, convolution kernels
  /// `[height, width, inputs, outputs]`.
  func callAsFunction(_ shape: Shape, dtype: DType, key: Key) -> Tensor
}
