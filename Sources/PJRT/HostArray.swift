/// A dense row-major array in host memory: what files are read into and devices are fed from.
public struct HostArray: Sendable, Hashable {
  public let dtype: DType
  public let shape: [Int]
  /// `shape.reduce(1, *) * dtype.byteCount` bytes, in the host's byte order.
  public let bytes: [UInt8]

  /// - Throws: ``HostArrayError`` if `bytes` isn't as long as the shape asks.
  public init(dtype: DType, shape: [Int], bytes: [UInt8]) throws(HostArrayError) {
    let expected = try Self.count(of: shape) * dtype.byteCount
    guard bytes.count == expected else {
      throw .wrongByteCount(shape: shape, dtype: dtype, expected: expected, actual: bytes.count)
    }
    self.dtype = dtype
    self.shape = shape
    self.bytes = bytes
  }

  /// For bytes that are known to fill the shape, such as those that a device gave.
  init(type: BufferType, filledBy bytes: [UInt8]) {
    dtype = type.dtype
    shape = type.shape
    self.bytes = bytes
  }

  /// - Parameter shape: one axis by default.
  /// - Throws: ``HostArrayError`` if `values` doesn't fill `shape`.
  public init<Scalar: HostScalar>(_ values: [Scalar], shape: [Int]? = nil) throws(HostArrayError) {
    try self.init(
      dtype: Scalar.dtype, shape: shape ?? [values.count],
      bytes: values.withUnsafeBytes { [UInt8]($0) })
  }

  /// Elements in all.
  public var count: Int { shape.reduce(1, *) }

  /// The elements in row-major order.
  /// - Throws: ``HostArrayError`` if the array holds another type.
  public func values<Scalar: HostScalar>(as type: Scalar.Type = Scalar.self) throws(HostArrayError) -> [Scalar] {
    guard Scalar.dtype == dtype else { throw .wrongType(asked: Scalar.dtype, actual: dtype) }
    return [Scalar](unsafeUninitializedCapacity: count) { buffer, initialized in
      bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0) }
      initialized = count
    }
  }

  private static func count(of shape: [Int]) throws(HostArrayError) -> Int {
    var count = 1
    for extent in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !overflow else { throw .invalidShape(shape) }
      count = product
    }
    return count
  }
}
