import CArchive
import Foundation

/// A tar or zip archive in memory, read through [libarchive](https://libarchive.org); zip64 included.
///
/// Nothing is ever written where a member's name says. In a tar archive a name that leads out of the archive's folder
/// is an error all the same: such an archive wasn't made in good faith.
package struct Archive: Sendable {
  package enum Format: String, Sendable {
    case tar, zip
  }

  private let bytes: [UInt8]
  private let format: Format
  private let path: String
  /// The names of the regular files, in the archive's order.
  package let names: [String]

  /// - Parameter path: what errors call the bytes.
  /// - Throws: ``DatasetError`` if a header is damaged, a file runs over the end, or a name leads out.
  package init(_ bytes: [UInt8], _ format: Format, path: String) throws(DatasetError) {
    if format == .zip, !bytes.starts(with: [0x50, 0x4b]) {
      let found = bytes.prefix(4).map { String($0, radix: 16) }.joined(separator: " ")
      throw DatasetError(.wrongMagic(format: "a zip archive", expected: "50 4b 03 04", actual: found), path: path)
    }
    (self.bytes, self.format, self.path) = (bytes, format, path)
    // libarchive takes a zip archive's end alone for no archive.
    let isEmpty = format == .zip && bytes.count == 22 && bytes.starts(with: [0x50, 0x4b, 5, 6])
    var names: [String] = []
    if !isEmpty { try Self.walk(bytes, format, path: path) { name, _ in names.append(name) } }
    guard format == .zip || !names.isEmpty else {
      throw DatasetError(.malformedHeader(format: format.rawValue, reason: "there are no files in it"), path: path)
    }
    self.names = names
  }

  /// Unpacks the files whose names `isWanted` accepts, one after the other in the archive's order.
  /// - Throws: ``DatasetError`` if a file is damaged, encrypted or not of the size that its header announces; the
  ///   error's path names the file. What `body` throws too.
  package func unpack(
    where isWanted: (String) -> Bool, _ body: (_ name: String, _ contents: [UInt8]) throws(DatasetError) -> Void
  ) throws(DatasetError) {
    guard !names.isEmpty else { return }
    try Self.walk(bytes, format, path: path) { (name, entry) throws(DatasetError) in
      if isWanted(name) { try body(name, entry.contents()) }
    }
  }

  /// The file of that name, in whatever folder of the archive.
  /// - Throws: ``DatasetError`` as ``unpack(where:_:)``, and if there is no such file, or more than one.
  package func contents(of name: String) throws(DatasetError) -> [UInt8] {
    let found = names.filter { $0 == name || $0.hasSuffix("/" + name) }
    guard let file = found.first else {
      throw DatasetError(.missingMember(name: name, available: Array(names.prefix(20))), path: path)
    }
    guard found.count == 1 else { throw DatasetError(.duplicateMember(name: name), path: path) }
    var contents: [UInt8] = []
    try unpack(where: { $0 == file }) { contents = $1 }
    return contents
  }

  /// Calls `body` for each regular file.
  private static func walk(
    _ bytes: [UInt8], _ format: Format, path: String,
    _ body: (_ name: String, _ entry: borrowing Entry) throws(DatasetError) -> Void
  ) throws(DatasetError) {
    try bytes.withUnsafeBufferPointer { (buffer) throws(DatasetError) in
      try ArchiveHandle.withUTF8Names { () throws(DatasetError) in
        let handle = ArchiveHandle(.read)
        switch format {
        case .tar: archive_read_support_format_tar(handle.pointer)
        // The directory at the end decides, not what lies before it.
        case .zip: archive_read_support_format_zip_seekable(handle.pointer)
        }
        var status = archive_read_open_memory(handle.pointer, buffer.baseAddress, buffer.count)
        var (header, count): (OpaquePointer?, Int) = (nil, 0)
        func malformed(_ reason: String) -> DatasetError {
          DatasetError(.malformedHeader(format: format.rawValue, reason: reason), path: path)
        }
        while status == ARCHIVE_OK {
          status = archive_read_next_header(handle.pointer, &header)
          if status == ARCHIVE_EOF { return }
          // In a tar archive a warning is about what isn't used here, such as the owner's name; in a zip archive it is
          // about headers that contradict each other.
          guard status == ARCHIVE_OK || (status == ARCHIVE_WARN && format == .tar) else { break }
          status = ARCHIVE_OK
          count += 1
          guard let name = archive_entry_pathname(header).map({ String(cString: $0) }) else {
            throw malformed("the name of entry \(count) can't be read")
          }
          guard format == .zip || staysInside(name) else { throw DatasetError(.unsafeMember(name: name), path: path) }
          guard archive_entry_filetype(header) == ArchiveHandle.regularFile, archive_entry_hardlink(header) == nil
          else { continue }
          let entry = Entry(
            handle: handle.pointer, header: header, format: format, archiveCount: bytes.count,
            path: "\(path)(\(name))")
          if format == .tar { try entry.checkSize() }
          try body(name, entry)
        }
        throw malformed(
          handle.reason(status)
            + (count == 0 ? ", so this is no \(format) archive, or a damaged or truncated one" : ""))
      }
    }
  }

  private static func staysInside(_ name: String) -> Bool {
    !name.isEmpty && !name.hasPrefix("/") && !name.split(separator: "/").contains("..")
  }

  /// A regular file of an archive that is being read, valid until the next one.
  fileprivate struct Entry: ~Copyable {
    let handle: OpaquePointer?
    let header: OpaquePointer?
    let format: Format
    /// The archive's size.
    let archiveCount: Int
    let path: String

    private var announced: Int { Int(archive_entry_size(header)) }
    private var isSparse: Bool { archive_entry_sparse_count(header) > 0 }

    /// - Throws: ``DatasetError`` where a file of a tar archive would run over the archive's end.
    func checkSize() throws(DatasetError) {
      let actual = archiveCount - Int(archive_read_header_position(handle)) - 512
      guard isSparse || (0...max(0, actual)).contains(announced) else {
        throw DatasetError(.truncated(part: "the member", expected: announced, actual: max(0, actual)), path: path)
      }
    }

    /// The file's bytes, unpacked to the announced size and no further, and checked.
    func contents() throws(DatasetError) -> [UInt8] {
      let announced = announced
      func failure(_ problem: DatasetProblem) -> DatasetError { DatasetError(problem, path: path) }
      guard archive_entry_is_encrypted(header) != 1 else { throw failure(.unsupported(feature: "an encrypted member")) }
      var contents: [UInt8] = []
      contents.reserveCapacity(Packed.capacity(announced: announced, packed: archiveCount))
      while true {
        var (block, count, offset): (UnsafeRawPointer?, Int, la_int64_t) = (nil, 0, 0)
        let status = archive_read_data_block(handle, &block, &count, &offset)
        // A block that is too long comes with a warning.
        guard count <= announced - contents.count else {
          throw failure(.tooLong(part: "the member", expected: announced))
        }
        guard status == ARCHIVE_OK || status == ARCHIVE_EOF else {
          let reason = ArchiveHandle.reason(handle, status)
          if format == .tar {
            throw failure(.truncated(part: "the member", expected: announced, actual: contents.count))
          }
          throw failure(
            status == ARCHIVE_FAILED
              ? .unsupported(feature: "this member (\(reason))")
              : .corruptCompression(byte: Int(archive_filter_bytes(handle, -1)), reason: reason))
        }
        guard !isSparse, count == 0 || Int(offset) == contents.count else {
          throw failure(.unsupported(feature: "a file with holes"))
        }
        contents.append(contentsOf: UnsafeRawBufferPointer(start: block, count: count))
        if status == ARCHIVE_EOF { break }
      }
      guard contents.count == announced else {
        throw failure(.truncated(part: "the member", expected: announced, actual: contents.count))
      }
      return contents
    }
  }
}

/// A handle of libarchive, freed when it goes out of scope.
struct ArchiveHandle: ~Copyable {
  enum Purpose {
    case read, write
  }

  /// `AE_IFREG`
  static let regularFile: mode_t = 0o100000

  let pointer: OpaquePointer?
  private let purpose: Purpose

  init(_ purpose: Purpose) {
    self.purpose = purpose
    pointer = purpose == .read ? archive_read_new() : archive_write_new()
  }

  deinit {
    switch purpose {
    case .read: archive_read_free(pointer)
    case .write:
      // What isn't finished isn't written by freeing either.
      archive_write_fail(pointer)
      archive_write_free(pointer)
    }
  }

  /// What libarchive says about the last failure.
  func reason(_ status: Int32) -> String { Self.reason(pointer, status) }

  static func reason(_ pointer: OpaquePointer?, _ status: Int32) -> String {
    archive_error_string(pointer).map { String(cString: $0) } ?? "libarchive failed with status \(status)"
  }

  /// Calls `body` where this thread's names of files are UTF-8: libarchive converts names from and to the locale's
  /// encoding, and a program that hasn't chosen a locale has ASCII.
  static func withUTF8Names<Result: ~Copyable>(
    _ body: () throws(DatasetError) -> Result
  ) throws(DatasetError) -> Result {
    guard let locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nil) ?? newlocale(LC_CTYPE_MASK, "en_US.UTF-8", nil) else {
      return try body()
    }
    let before = uselocale(locale)
    defer {
      uselocale(before)
      freelocale(locale)
    }
    return try body()
  }
}
