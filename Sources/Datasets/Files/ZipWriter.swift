import CZlib

/// Builds a zip archive in memory: members stored or deflated, without dates.
struct ZipWriter {
  private let path: String
  private let isCompressed: Bool
  private var body: [UInt8] = []
  private var directory: [UInt8] = []
  private var count = 0

  init(path: String, isCompressed: Bool) {
    self.path = path
    self.isCompressed = isCompressed
  }

  mutating func add(_ name: String, _ contents: [UInt8]) throws(DatasetError) {
    let packed = isCompressed ? try deflated(contents) : contents
    let offset = body.count
    guard offset + packed.count + contents.count + directory.count < ZipArchive.zip64Mark >> 1, count < 0xfffe
    else { throw DatasetError(.unsupported(feature: "an archive of 2 GiB or more"), path: path) }
    // Version 2.0; bit 11 says that names are UTF-8; 0x0021 is the first of January 1980.
    let common =
      Self.bytes(20, 2) + Self.bytes(1 << 11, 2)
      + Self.bytes(isCompressed ? ZipArchive.deflated : ZipArchive.stored, 2)
      + Self.bytes(0, 2) + Self.bytes(0x0021, 2) + Self.bytes(Int(ZipArchive.checksum(of: contents)), 4)
      + Self.bytes(packed.count, 4) + Self.bytes(contents.count, 4) + Self.bytes(name.utf8.count, 2)
      + Self.bytes(0, 2)
    body += Self.bytes(ZipArchive.localSignature, 4) + common + Array(name.utf8)
    body += packed
    directory += Self.bytes(ZipArchive.centralSignature, 4) + Self.bytes(20, 2) + common
    directory += [UInt8](repeating: 0, count: 10) + Self.bytes(offset, 4) + Array(name.utf8)
    count += 1
  }

  func finished() -> [UInt8] {
    body + directory
      + Self.bytes(ZipArchive.endSignature, 4) + Self.bytes(0, 4) + Self.bytes(count, 2) + Self.bytes(count, 2)
      + Self.bytes(directory.count, 4) + Self.bytes(body.count, 4) + Self.bytes(0, 2)
  }

  private func deflated(_ contents: [UInt8]) throws(DatasetError) -> [UInt8] {
    var stream = z_stream()
    let started = deflateInit2_(
      &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    guard started == Z_OK, contents.count < ZipArchive.zip64Mark >> 1 else {
      deflateEnd(&stream)
      throw DatasetError(.unsupported(feature: "an archive of 2 GiB or more"), path: path)
    }
    defer { deflateEnd(&stream) }
    let bound = Int(deflateBound(&stream, UInt(contents.count)))
    return contents.withUnsafeBufferPointer { input in
      [UInt8](unsafeUninitializedCapacity: bound) { output, initialized in
        stream.next_in = input.baseAddress.map(UnsafeMutablePointer.init(mutating:))
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(bound)
        // The output is as large as zlib says it can become, so one call finishes.
        deflate(&stream, Z_FINISH)
        initialized = bound - Int(stream.avail_out)
      }
    }
  }

  private static func bytes(_ value: Int, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
