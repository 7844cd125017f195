import Foundation

/// The process's memory mappings, of which Linux allows a limited number: a compiled program takes some for each of its loops,
/// several hundred if it trains a deep network. XLA ends the process when there are no more.
enum MemoryMappings {
  /// Whether most of what is allowed is in use; false where nothing limits them.
  static var areScarce: Bool {
    guard let limit = contents("/proc/sys/vm/max_map_count").flatMap({ Int($0.filter(\.isNumber)) }),
      let count = lines("/proc/self/maps")
    else { return false }
    return count > limit / 4 * 3
  }

  private static func contents(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

  /// Counted piece by piece, since the text of many mappings is megabytes.
  private static func lines(_ path: String) -> Int? {
    guard let file = FileHandle(forReadingAtPath: path) else { return nil }
    defer { try? file.close() }
    var count = 0
    while let piece = try? file.read(upToCount: 1 << 16), !piece.isEmpty {
      count += piece.withUnsafeBytes(lines)
    }
    return count
  }

  private static func lines(_ bytes: UnsafeRawBufferPointer) -> Int {
    var (count, rest) = (0, bytes[...])
    while let start = UnsafeRawBufferPointer(rebasing: rest).baseAddress,
      let end = memchr(start, Int32(UInt8(ascii: "\n")), rest.count)
    {
      count += 1
      rest = rest.dropFirst(start.distance(to: UnsafeRawPointer(end)) + 1)
    }
    return count
  }
}
