import Tensors

/// Inputs times a factor plus an offset, 1/255 for images as bytes.
public struct Rescaling: Preprocessing {
  public var divisor: Double
  public var offset: Double
  /// The element type the scaling is done in, before the result becomes the model's: `float32` reproduces
  /// programs that scale in single precision and go on in double.
  public var precision: DType?

  public init(dividingBy divisor: Double = 1, offset: Double = 0, precision: DType? = nil) {
    self.divisor = divisor
    self.offset = offset
    self.precision = precision
  }

  public func callAsFunction(_ inputs: Tensor, dtype: DType) -> Tensor {
    let scaled = inputs.cast(to: precision ?? dtype)
    let divided = divisor == 1 ? scaled : scaled / divisor
    return (offset == 0 ? divided : divided + offset).cast(to: dtype)
  }
}
