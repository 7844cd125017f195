import Arrays
import CZlib

/// Writes images as PNG (ISO/IEC 15948), without interlacing and with 8 bits per channel.
public enum PNG {
  /// The longest side that is written.
  static let limit = 30_000

  /// The bytes of a file.
  /// - Parameter image: uint8 [height, width] or [height, width, 1] in grey, [height, width, 3] in red, green and
  ///   blue.
  /// - Throws: ``DatasetError`` for another shape or element type.
  public static func encode(_ image: HostArray) throws(DatasetError) -> [UInt8] {
    guard image.dtype == .uint8 else {
      throw DatasetError(.wrongElementType(found: image.dtype.rawValue, wanted: [.uint8]))
    }
    let channels = image.shape.count == 2 ? 1 : image.shape.last ?? 0
    guard (2...3).contains(image.shape.count), channels == 1 || channels == 3,
      image.shape.prefix(2).allSatisfy({ (1...limit).contains($0) })
    else {
      throw DatasetError(
        .wrongRank(
          found: image.shape, wanted: "[height, width], [height, width, 1] or [height, width, 3] of 1 to \(limit)"))
    }
    let (height, width) = (image.shape[0], image.shape[1])
    var lines: [UInt8] = []
    lines.reserveCapacity(height * (width * channels + 1))
    for row in 0..<height {
      // No filter.
      lines.append(0)
      lines += image.bytes[row * width * channels..<(row + 1) * width * channels]
    }
    let header = bigEndian(width) + bigEndian(height) + [8, channels == 1 ? 0 : 2, 0, 0, 0]
    return [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
      + chunk("IHDR", header) + chunk("IDAT", compressed(lines)) + chunk("IEND", [])
  }

  /// Writes a file, whole or not at all.
  /// - Throws: ``DatasetError`` as ``encode(_:)`` does, and if the file can't be written.
  public static func write(_ image: HostArray, to path: String) throws(DatasetError) {
    try FileBytes.write(encode(image), to: path)
  }

  private static func chunk(_ name: String, _ contents: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + contents
    let checksum = body.withUnsafeBufferPointer { crc32(0, $0.baseAddress, UInt32($0.count)) }
    return bigEndian(contents.count) + body + bigEndian(Int(checksum))
  }

  private static func compressed(_ bytes: [UInt8]) -> [UInt8] {
    var count = compressBound(UInt(bytes.count))
    return [UInt8](unsafeUninitializedCapacity: Int(count)) { output, initialized in
      // The output is as large as zlib says it can become.
      compress2(output.baseAddress, &count, bytes, UInt(bytes.count), Z_DEFAULT_COMPRESSION)
      initialized = Int(count)
    }
  }

  private static func bigEndian(_ value: Int) -> [UInt8] {
    (0..<4).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
