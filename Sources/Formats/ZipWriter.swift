import CArchive

/// Builds a zip archive in memory through [libarchive](https://libarchive.org): members stored or deflated, without
/// dates, so that equal members make equal archives.
struct ZipWriter: ~Copyable {
  private final class Sink {
    var bytes: [UInt8] = []
  }

  /// Bytes passed at a time: zlib takes 4 GiB at most.
  private static let chunk = 1 << 26

  private let path: String
  private let handle = ArchiveHandle(.write)
  private let sink = Sink()

  /// - Parameter path: what errors call the archive.
  init(path: String, isCompressed: Bool) throws(DatasetError) {
    self.path = path
    let handle = handle.pointer
    let context = Unmanaged.passUnretained(sink).toOpaque()
    try ArchiveHandle.withUTF8Names { () throws(DatasetError) in
      try check(archive_write_set_format_zip(handle))
      try check(
        isCompressed
          ? archive_write_zip_set_compression_deflate(handle) : archive_write_zip_set_compression_store(handle))
      try check(archive_write_set_options(handle, "hdrcharset=UTF-8"))
      // Neither blocks nor padding, which are for tapes.
      try check(archive_write_set_bytes_per_block(handle, 0))
      try check(archive_write_set_bytes_in_last_block(handle, 1))
      let status = archive_write_open(
        handle, context, nil,
        { _, context, bytes, count in
          guard let context else { return -1 }
          Unmanaged<Sink>.fromOpaque(context).takeUnretainedValue().bytes
            .append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
          return count
        }, nil)
      try check(status)
    }
  }

  mutating func add(_ name: String, _ contents: [UInt8]) throws(DatasetError) {
    try ArchiveHandle.withUTF8Names { () throws(DatasetError) in
      let entry = archive_entry_new()
      defer { archive_entry_free(entry) }
      archive_entry_copy_pathname(entry, name)
      archive_entry_set_filetype(entry, UInt32(ArchiveHandle.regularFile))
      archive_entry_set_perm(entry, 0o644)
      archive_entry_set_size(entry, la_int64_t(contents.count))
      try check(archive_write_header(handle.pointer, entry))
      try contents.withUnsafeBufferPointer { (contents) throws(DatasetError) in
        let bytes = UnsafeRawBufferPointer(contents)
        for start in stride(from: 0, to: bytes.count, by: Self.chunk) {
          let part = UnsafeRawBufferPointer(rebasing: bytes[start..<min(bytes.count, start + Self.chunk)])
          let written = archive_write_data(handle.pointer, part.baseAddress, part.count)
          guard written == part.count else { throw failure(Int32(clamping: written)) }
        }
      }
      try check(archive_write_finish_entry(handle.pointer))
    }
  }

  consuming func finished() throws(DatasetError) -> [UInt8] {
    try check(archive_write_close(handle.pointer))
    return sink.bytes
  }

  private func check(_ status: Int32) throws(DatasetError) {
    guard status == ARCHIVE_OK else { throw failure(status) }
  }

  private func failure(_ status: Int32) -> DatasetError {
    DatasetError(.unsupported(feature: "such an archive (\(handle.reason(status)))"), path: path)
  }
}
