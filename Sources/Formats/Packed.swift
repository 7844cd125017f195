import CArchive

/// Files compressed by gzip or xz.
package enum Packed {
  /// What deflate makes smallest, a long run of zeros, becomes 1,032 times smaller.
  private static let deflateLimit = 1032

  /// The memory to reserve for what should unpack to `announced` bytes: no more than deflate can make of the packed
  /// ones, so that a header that announces terabytes costs nothing.
  static func capacity(announced: Int, packed: Int) -> Int {
    let (most, overflow) = packed.multipliedReportingOverflow(by: deflateLimit)
    return overflow ? max(0, announced) : min(max(0, announced), most)
  }

  /// A file's bytes, unpacked if it is compressed; its first bytes say how.
  ///
  /// gzip is unpacked by zlib, as libarchive doesn't check the sum at a gzip file's end.
  /// - Parameter limit: more unpacked bytes than this are an error: a few bytes can unpack to terabytes.
  /// - Throws: ``DatasetError`` if the file can't be read, or is damaged.
  package static func read(_ path: String, limit: Int) throws(DatasetError) -> [UInt8] {
    let packed = try FileBytes.read(path)
    let bytes: [UInt8]
    if packed.starts(with: [0x1f, 0x8b]) {
      var reader = try GzipReader(packed, path: path)
      // One byte more than allowed shows that there are too many, and makes zlib reach the stream's checksum.
      bytes = try reader.read(limit + 1)
    } else if packed.starts(with: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]) {
      bytes = try unpackedXZ(packed, limit: limit, path: path)
    } else {
      bytes = packed
    }
    guard bytes.count <= limit else {
      throw DatasetError(.tooLong(part: "the unpacked contents", expected: limit), path: path)
    }
    return bytes
  }

  /// Up to `limit` bytes and a block more.
  private static func unpackedXZ(_ packed: [UInt8], limit: Int, path: String) throws(DatasetError) -> [UInt8] {
    try packed.withUnsafeBufferPointer { (buffer) throws(DatasetError) in
      let handle = ArchiveHandle(.read)
      var bytes: [UInt8] = []
      func check(_ status: Int32) throws(DatasetError) {
        guard status == ARCHIVE_OK || status == ARCHIVE_EOF else {
          throw DatasetError(
            .corruptCompression(
              byte: Int(max(0, archive_filter_bytes(handle.pointer, -1))), reason: handle.reason(status)),
            path: path)
        }
      }
      archive_read_support_filter_xz(handle.pointer)
      archive_read_support_format_raw(handle.pointer)
      // An empty file unpacks to nothing, which "raw" doesn't take for its own.
      archive_read_support_format_empty(handle.pointer)
      try check(archive_read_open_memory(handle.pointer, buffer.baseAddress, buffer.count))
      var header: OpaquePointer?
      var status = archive_read_next_header(handle.pointer, &header)
      try check(status)
      while status != ARCHIVE_EOF, bytes.count <= limit {
        var (block, count, offset): (UnsafeRawPointer?, Int, la_int64_t) = (nil, 0, 0)
        status = archive_read_data_block(handle.pointer, &block, &count, &offset)
        try check(status)
        bytes.append(contentsOf: UnsafeRawBufferPointer(start: block, count: count))
      }
      return bytes
    }
  }
}
