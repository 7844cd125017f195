/// The element type and shape of a buffer or of a program's parameter.
public struct BufferType: Sendable, Hashable {
  public let dtype: DType
  public let shape: [Int]

  public init(dtype: DType, shape: [Int]) {
    self.dtype = dtype
    self.shape = shape
  }

  /// Bytes in row-major order without padding.
  public var byteCount: Int { shape.reduce(dtype.byteCount, *) }
}

extension BufferType: CustomStringConvertible {
  /// For example `float32[2, 3]`; a scalar is `float32[]`.
  public var description: String { "\(dtype)\(shape)" }
}
