import Formats
import PJRT

extension HostArray {
  /// The elements as another floating-point type, rounded to nearest.
  /// - Throws: ``DatasetError`` for the 16-bit floats, which not every platform has in Swift.
  func converted<Scalar: HostScalar & BinaryFloatingPoint>() throws(DatasetError) -> [Scalar] {
    switch dtype {
    case .bool: bytes.map { Scalar($0) }
    case .uint8: bytes.map { Scalar($0) }
    case .int8: integers(Int8.self)
    case .int16: integers(Int16.self)
    case .int32: integers(Int32.self)
    case .int64: integers(Int64.self)
    case .uint16: integers(UInt16.self)
    case .uint32: integers(UInt32.self)
    case .uint64: integers(UInt64.self)
    case .float32: elements(Float.self).map { Scalar($0) }
    case .float64: elements(Double.self).map { Scalar($0) }
    case .float16, .bfloat16:
      throw DatasetError(.wrongElementType(found: dtype.rawValue, wanted: [.float32, .float64]))
    }
  }

  private func integers<Source: FixedWidthInteger & BitwiseCopyable, Scalar: BinaryFloatingPoint>(
    _ type: Source.Type
  ) -> [Scalar] {
    elements(type).map { Scalar($0) }
  }

  private func elements<Source: BitwiseCopyable>(_ type: Source.Type) -> [Source] {
    bytes.withUnsafeBytes { raw in
      (0..<count).map { raw.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Source>.size, as: type) }
    }
  }
}
