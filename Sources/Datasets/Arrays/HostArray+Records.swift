import Arrays
import Formats

extension HostArray {
  /// Records along the first axis; 0 for an array without axes.
  var recordCount: Int { shape.first ?? 0 }

  /// The shape of one record.
  var recordShape: [Int] { Array(shape.dropFirst()) }

  /// Bytes of one record. By division, since the extents of an array without records may be of any size.
  var recordByteCount: Int { recordCount == 0 ? 0 : bytes.count / recordCount }

  /// Images [N, channels, height, width] as [N, height, width, channels].
  func channelsLast() throws(DatasetError) -> HostArray {
    let (channels, pixels, width) = (shape[1], shape[2] * shape[3], dtype.byteCount)
    let size = channels * pixels * width
    let moved = [UInt8](unsafeUninitializedCapacity: bytes.count) { buffer, initialized in
      bytes.withUnsafeBytes { source in
        for image in 0..<(size == 0 ? 0 : bytes.count / size) {
          for pixel in 0..<pixels {
            for channel in 0..<channels {
              let (from, to) = ((channel * pixels + pixel) * width, (pixel * channels + channel) * width)
              for byte in 0..<width { buffer[image * size + to + byte] = source[image * size + from + byte] }
            }
          }
        }
      }
      initialized = bytes.count
    }
    return try .make(dtype, [shape[0], shape[2], shape[3], channels], moved)
  }

  /// The records at `indices`, in that order, repeats included. The caller has checked the indices.
  package func gathered(_ indices: some Collection<Int>) throws(DatasetError) -> HostArray {
    let size = recordByteCount
    let gathered = [UInt8](unsafeUninitializedCapacity: indices.count * size) { buffer, initialized in
      bytes.withUnsafeBytes { source in
        let target = UnsafeMutableRawBufferPointer(buffer)
        var offset = 0
        for index in indices {
          UnsafeMutableRawBufferPointer(rebasing: target[offset..<offset + size])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[index * size..<(index + 1) * size]))
          offset += size
        }
        initialized = offset
      }
    }
    return try .make(dtype, [indices.count] + recordShape, gathered)
  }
}

extension HostArray {
  /// The elements as another floating-point type, rounded to nearest.
  /// - Throws: ``DatasetError`` for the 16-bit floats, which not every platform has in Swift.
  package func converted<Scalar: HostScalar & BinaryFloatingPoint>() throws(DatasetError) -> [Scalar] {
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
