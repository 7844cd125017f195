/// The element type and shape of a buffer or of a program's parameter.
public struct BufferType: Sendable, Hashable {
  public let dtype: DType
  public let shape: [Int]

  public init(dtype: DType, shape: [Int]) {
    self.dtype = dtype
    self.shape = shape
  }

  /// Bytes in row-major order without padding. A product beyond `Int` gives `Int.max`, which no
  /// memory holds.
  public var byteCount: Int {
    if shape.contains(0) { return 0 }
    var count = dtype.byteCount
    for extent in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      if overflow { return .max }
      count = product
    }
    return count
  }
}

extension BufferType: CustomStringConvertible {
  /// For example `float32[2, 3]`; a scalar is `float32[]`.
  public var description: String { "\(dtype)\(shape)" }
}
