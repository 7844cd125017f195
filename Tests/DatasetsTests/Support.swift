import CArchive
import CZlib
import Foundation

/// `bytes` as a gzip file, by zlib's own writer.
func gzipped(_ bytes: [UInt8]) -> [UInt8] {
  var stream = z_stream()
  deflateInit2_(
    &stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
  defer { deflateEnd(&stream) }
  var input = bytes
  var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))))
  input.withUnsafeMutableBufferPointer { input in
    output.withUnsafeMutableBufferPointer { output in
      stream.next_in = input.baseAddress
      stream.avail_in = UInt32(input.count)
      stream.next_out = output.baseAddress
      stream.avail_out = UInt32(output.count)
      deflate(&stream, Z_FINISH)
    }
  }
  return Array(output.prefix(output.count - Int(stream.avail_out)))
}

/// `bytes` as an xz file, by libarchive's writer.
func xzPacked(_ bytes: [UInt8]) -> [UInt8] {
  let archive = archive_write_new()
  defer { archive_write_free(archive) }
  archive_write_add_filter_xz(archive)
  archive_write_set_format_raw(archive)
  archive_write_set_bytes_in_last_block(archive, 1)
  var output = [UInt8](repeating: 0, count: bytes.count + (1 << 16))
  var count = 0
  let entry = archive_entry_new()
  defer { archive_entry_free(entry) }
  archive_entry_set_filetype(entry, 0o100000)
  output.withUnsafeMutableBytes { output in
    archive_write_open_memory(archive, output.baseAddress, output.count, &count)
    archive_write_header(archive, entry)
    archive_write_data(archive, bytes, bytes.count)
    archive_write_close(archive)
  }
  return Array(output.prefix(count))
}

/// A tar archive of regular files, as POSIX describes it.
/// - Parameter size: written in place of each file's length.
func tarArchive(_ files: [(name: String, bytes: [UInt8])], size: String? = nil) -> [UInt8] {
  func padded(_ text: String, _ count: Int) -> [UInt8] {
    Array(text.utf8) + [UInt8](repeating: 0, count: count - text.utf8.count)
  }
  func octal(_ number: Int, _ digits: Int) -> String {
    let text = String(number, radix: 8)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }
  var archive: [UInt8] = []
  for file in files {
    var header = padded(file.name, 100) + padded("0000644", 8) + padded("0000000", 8) + padded("0000000", 8)
    header += padded(size ?? octal(file.bytes.count, 11), 12) + padded("00000000000", 12)
    header +=
      [UInt8](repeating: 32, count: 8) + [UInt8(ascii: "0")] + padded("", 100) + padded("ustar", 6) + Array("00".utf8)
    header += [UInt8](repeating: 0, count: 512 - header.count)
    header.replaceSubrange(148..<155, with: padded(octal(header.reduce(0) { $0 + Int($1) }, 6), 7))
    archive += header + file.bytes + [UInt8](repeating: 0, count: (512 - file.bytes.count % 512) % 512)
  }
  return archive + [UInt8](repeating: 0, count: 1024)
}
