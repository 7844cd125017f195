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
