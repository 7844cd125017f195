import Tensors

/// Inputs times a factor plus an offset, 1/255 for images as bytes.
public struct Rescaling: Preprocessing {
  public var divisor: Double
  public var offset: Double
  /// The element type the result is rounded to before it becomes the model's: `float32` reproduces programs
  /// that scale in single precision and go on in double.
  public var precision: DType?

  public init(dividingBy divisor: Double = 1, offset: Double = 0, precision: DType? = nil) {
    self.divisor = divisor
    self.offset = offset
    self.precision = precision
  }

  public func callAsFunction(_ inputs: Tensor, dtype: DType) -> Tensor {
    // XLA divides by a constant by multiplying with its reciprocal, which isn't rounded as a quotient is; in
    // double precision the difference vanishes in the rounding that follows.
    let isRounded = precision.map { $0 != dtype } ?? false
    let wide = inputs.cast(to: isRounded ? .float64 : dtype)
    let divided = divisor == 1 ? wide : wide / divisor
    let shifted = offset == 0 ? divided : divided + offset
    return shifted.cast(to: precision ?? dtype).cast(to: dtype)
  }
}
