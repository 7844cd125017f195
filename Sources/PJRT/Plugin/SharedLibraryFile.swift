import Foundation

/// A shared library's file before it is loaded: the system's loader ends the process when it reads a page beyond the
/// file's end.
enum SharedLibraryFile {
  /// Describes a file that is shorter than its own header says; `nil` for others. Files other than 64-bit
  /// little-endian ELF are left to the loader.
  static func shortfall(_ path: String) -> String? {
    guard let file = FileHandle(forReadingAtPath: path) else { return nil }
    defer { try? file.close() }
    guard let size = try? file.seekToEnd(), let needed = length(announcedIn: file), size < needed else { return nil }
    return "it was cut short: it has \(size) bytes, but its header announces \(needed)"
  }

  /// The end of the last segment or table, whichever is later (System V ABI, chapters 4 and 5).
  private static func length(announcedIn file: FileHandle) -> UInt64? {
    guard let header = bytes(of: file, at: 0, count: 64), header.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2, 1]) else {
      return nil
    }
    let segments = (offset: number(header, 32, 8), size: number(header, 54, 2), count: number(header, 56, 2))
    let sections = (offset: number(header, 40, 8), size: number(header, 58, 2), count: number(header, 60, 2))
    var end = max(
      segments.offset &+ segments.size &* segments.count, sections.offset &+ sections.size &* sections.count)
    for index in 0..<segments.count {
      guard let segment = bytes(of: file, at: segments.offset &+ index &* segments.size, count: 56) else { break }
      end = max(end, number(segment, 8, 8) &+ number(segment, 32, 8))
    }
    return end
  }

  private static func bytes(of file: FileHandle, at offset: UInt64, count: Int) -> [UInt8]? {
    guard (try? file.seek(toOffset: offset)) != nil, let data = try? file.read(upToCount: count), data.count == count
    else { return nil }
    return [UInt8](data)
  }

  private static func number(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> UInt64 {
    bytes[offset..<offset + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
