/// A dense row-major array in host memory, for reading files and feeding devices.
///
/// ```swift
/// let array = try HostArray([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
/// print(array.dtype, array.count, try array.values(as: Float.self)[4])  // float32 6 5.0
/// ```
public struct HostArray: Sendable, Hashable {
  public let dtype: DType
  public let shape: [Int]
  /// `shape.reduce(1, *) * dtype.byteCount` bytes, in the host's byte order.
  public let bytes: [UInt8]

  /// - Throws: ``HostArrayError`` if `bytes` doesn't have the length that shape and type require.
  public init(dtype: DType, shape: [Int], bytes: [UInt8]) throws(HostArrayError) {
    let expected = try Self.count(of: shape) * dtype.byteCount
    guard bytes.count == expected else {
      throw .wrongByteCount(shape: shape, dtype: dtype, expected: expected, actual: bytes.count)
    }
    self.dtype = dtype
    self.shape = shape
    self.bytes = bytes
  }

  /// For bytes that are known to fill the shape, such as those from a device.
  package init(dtype: DType, shape: [Int], filledBy bytes: [UInt8]) {
    (self.dtype, self.shape, self.bytes) = (dtype, shape, bytes)
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

/// A Swift type that can be an element of a ``HostArray``.
///
/// `bfloat16` (and `float16` on platforms without `Float16`) have no Swift type: convert on the device.
public protocol HostScalar: BitwiseCopyable, Sendable {
  /// The element type of arrays of this type.
  static var dtype: DType { get }
}

extension Int8: HostScalar { public static var dtype: DType { .int8 } }
extension Int16: HostScalar { public static var dtype: DType { .int16 } }
extension Int32: HostScalar { public static var dtype: DType { .int32 } }
extension Int64: HostScalar { public static var dtype: DType { .int64 } }
extension Int: HostScalar { public static var dtype: DType { .int64 } }
extension UInt8: HostScalar { public static var dtype: DType { .uint8 } }
extension UInt16: HostScalar { public static var dtype: DType { .uint16 } }
extension UInt32: HostScalar { public static var dtype: DType { .uint32 } }
extension UInt64: HostScalar { public static var dtype: DType { .uint64 } }
extension Float: HostScalar { public static var dtype: DType { .float32 } }
extension Double: HostScalar { public static var dtype: DType { .float64 } }
extension Bool: HostScalar { public static var dtype: DType { .bool } }

/// Why bytes and a shape don't make a ``HostArray``.
public enum HostArrayError: Error, Equatable, Sendable, CustomStringConvertible {
  case invalidShape([Int])
  case wrongByteCount(shape: [Int], dtype: DType, expected: Int, actual: Int)
  case wrongType(asked: DType, actual: DType)

  public var description: String {
    switch self {
    case .invalidShape(let shape):
      "\(shape) is no shape: each extent must be zero or more and the product must fit in Int"
    case .wrongByteCount(let shape, let dtype, let expected, let actual):
      "an array of shape \(shape) and type \(dtype) needs \(expected) bytes, but \(actual) were given"
    case .wrongType(let asked, let actual):
      "the array holds \(actual), not \(asked): convert it first"
    }
  }
}
