import CZlib

/// The members of a zip archive in memory: stored or deflated, below 4 GiB each.
///
/// Source: PKWARE, "APPNOTE.TXT - .ZIP File Format Specification".
struct ZipArchive {
  struct Member: Equatable {
    var name: String
    var method: Int
    var flags: Int
    var checksum: UInt32
    var packedCount: Int
    var count: Int
    var headerOffset: Int
  }

  static let localSignature = 0x0403_4b50
  static let centralSignature = 0x0201_4b50
  static let endSignature = 0x0605_4b50
  static let stored = 0
  static let deflated = 8
  /// What stands where a value is in a zip64 field instead.
  static let zip64Mark = 0xffff_ffff

  private let bytes: [UInt8]
  private let path: String
  private(set) var members: [Member] = []

  init(_ bytes: [UInt8], path: String) throws(DatasetError) {
    self.bytes = bytes
    self.path = path
    guard bytes.starts(with: [0x50, 0x4b]) else {
      let found = bytes.prefix(4).map { String($0, radix: 16) }.joined(separator: " ")
      throw DatasetError(.wrongMagic(format: "a zip archive", expected: "50 4b 03 04", actual: found), path: path)
    }
    // The directory's end is found from the back, before a comment of up to 65,535 bytes.
    let earliest = max(0, bytes.count - 22 - 65_535)
    var end = bytes.count - 22
    while end >= earliest, number(at: end, 4) != Self.endSignature { end -= 1 }
    guard end >= earliest else {
      throw malformed("the directory at the end is missing, so the file is probably truncated")
    }
    let count = number(at: end + 10, 2)
    var offset = number(at: end + 16, 4)
    guard count != 0xffff, offset != Self.zip64Mark else {
      throw DatasetError(.unsupported(feature: "a zip64 archive (4 GiB or more)"), path: path)
    }
    for index in 0..<count {
      guard offset + 46 <= end, number(at: offset, 4) == Self.centralSignature else {
        throw malformed("entry \(index) of its directory is not where it should be")
      }
      let nameCount = number(at: offset + 28, 2)
      let next = offset + 46 + nameCount + number(at: offset + 30, 2) + number(at: offset + 32, 2)
      guard next <= end else { throw malformed("entry \(index) of its directory runs over the end") }
      members.append(
        Member(
          name: String(decoding: bytes[offset + 46..<offset + 46 + nameCount], as: UTF8.self),
          method: number(at: offset + 10, 2), flags: number(at: offset + 8, 2),
          checksum: UInt32(truncatingIfNeeded: number(at: offset + 16, 4)),
          packedCount: number(at: offset + 20, 4), count: number(at: offset + 24, 4),
          headerOffset: number(at: offset + 42, 4)))
      offset = next
    }
  }

  /// A member's bytes, unpacked to the announced size and no further, and checked.
  func contents(of member: Member) throws(DatasetError) -> [UInt8] {
    let place = "\(path)(\(member.name))"
    guard member.flags & 1 == 0 else {
      throw DatasetError(.unsupported(feature: "an encrypted member"), path: place)
    }
    guard member.packedCount != Self.zip64Mark, member.count != Self.zip64Mark else {
      throw DatasetError(.unsupported(feature: "a member of 4 GiB or more"), path: place)
    }
    let header = member.headerOffset
    guard header + 30 <= bytes.count, number(at: header, 4) == Self.localSignature else {
      throw malformed("'\(member.name)' is not where its directory says")
    }
    let start = header + 30 + number(at: header + 26, 2) + number(at: header + 28, 2)
    guard start + member.packedCount <= bytes.count else {
      let actual = max(0, bytes.count - start)
      throw DatasetError(.truncated(part: "the member", expected: member.packedCount, actual: actual), path: place)
    }
    let range = start..<start + member.packedCount
    var contents: [UInt8] = []
    switch member.method {
    case Self.stored: contents = Array(bytes[range])
    case Self.deflated:
      var inflater = try Inflater(bytes, in: range, format: .raw, path: place)
      try inflater.read(member.count + 1, into: &contents)
    default:
      throw DatasetError(.unsupported(feature: "compression method \(member.method)"), path: place)
    }
    guard contents.count <= member.count else {
      throw DatasetError(.tooLong(part: "the member", expected: member.count), path: place)
    }
    guard contents.count == member.count else {
      throw DatasetError(
        .truncated(part: "the member", expected: member.count, actual: contents.count), path: place)
    }
    guard Self.checksum(of: contents) == member.checksum else {
      throw DatasetError(
        .corruptCompression(byte: start, reason: "the member's check sum is not the one recorded"), path: place)
    }
    return contents
  }

  static func checksum(of bytes: [UInt8]) -> UInt32 {
    bytes.withUnsafeBufferPointer { UInt32(truncatingIfNeeded: crc32_z(0, $0.baseAddress, $0.count)) }
  }

  /// A little-endian number of `width` bytes; -1 outside the file.
  private func number(at offset: Int, _ width: Int) -> Int {
    guard offset >= 0, offset + width <= bytes.count else { return -1 }
    return bytes[offset..<offset + width].reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  private func malformed(_ reason: String) -> DatasetError {
    DatasetError(.malformedHeader(format: "zip", reason: reason), path: path)
  }
}
