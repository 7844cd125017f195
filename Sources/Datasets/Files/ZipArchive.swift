import CZlib

/// The members of a zip archive in memory, zip64 or not: stored or deflated.
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
  static let zip64EndSignature = 0x0606_4b50
  static let zip64LocatorSignature = 0x0706_4b50
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
    var (count, offset) = (number(at: end + 10, 2), number(at: end + 16, 4))
    // A zip64 archive has another end before this one, and before that one a pointer to it.
    if number(at: end - 20, 4) == Self.zip64LocatorSignature {
      let wide = number(at: end - 12, 8)
      guard wide >= 0, wide <= end - 56, number(at: wide, 4) == Self.zip64EndSignature else {
        throw malformed("its zip64 directory is not where it should be")
      }
      (count, offset) = (number(at: wide + 32, 8), number(at: wide + 48, 8))
    }
    // No entry is shorter than 46 bytes.
    guard count >= 0, offset >= 0, count <= bytes.count / 46 else {
      throw malformed("its directory can't be that long")
    }
    for index in 0..<count {
      guard offset <= end - 46, number(at: offset, 4) == Self.centralSignature else {
        throw malformed("entry \(index) of its directory is not where it should be")
      }
      let nameCount = number(at: offset + 28, 2)
      let extra = offset + 46 + nameCount
      let extraEnd = extra + number(at: offset + 30, 2)
      let next = extraEnd + number(at: offset + 32, 2)
      guard next <= end else { throw malformed("entry \(index) of its directory runs over the end") }
      var sizes = [number(at: offset + 24, 4), number(at: offset + 20, 4), number(at: offset + 42, 4)]
      try widen(&sizes, by: extra..<extraEnd)
      members.append(
        Member(
          name: String(decoding: bytes[offset + 46..<extra], as: UTF8.self),
          method: number(at: offset + 10, 2), flags: number(at: offset + 8, 2),
          checksum: UInt32(truncatingIfNeeded: number(at: offset + 16, 4)),
          packedCount: sizes[1], count: sizes[0], headerOffset: sizes[2]))
      offset = next
    }
  }

  /// Replaces those of an entry's sizes that don't fit its fields by those of its zip64 field, in whose order they are.
  private func widen(_ sizes: inout [Int], by extra: Range<Int>) throws(DatasetError) {
    guard sizes.contains(Self.zip64Mark) else { return }
    var field = extra.lowerBound
    while field + 4 <= extra.upperBound, number(at: field, 2) != 1 { field += 4 + number(at: field + 2, 2) }
    // Without such a field the numbers are what they are.
    guard field + 4 <= extra.upperBound else { return }
    let end = min(extra.upperBound, field + 4 + number(at: field + 2, 2))
    var place = field + 4
    for index in sizes.indices where sizes[index] == Self.zip64Mark {
      guard place + 8 <= end, number(at: place, 8) >= 0 else {
        throw malformed("a zip64 field of its directory is too short")
      }
      sizes[index] = number(at: place, 8)
      place += 8
    }
  }

  /// A member's bytes, unpacked to the announced size and no further, and checked.
  func contents(of member: Member) throws(DatasetError) -> [UInt8] {
    let place = "\(path)(\(member.name))"
    guard member.flags & 1 == 0 else {
      throw DatasetError(.unsupported(feature: "an encrypted member"), path: place)
    }
    let header = member.headerOffset
    guard header <= bytes.count - 30, number(at: header, 4) == Self.localSignature else {
      throw malformed("'\(member.name)' is not where its directory says")
    }
    let start = header + 30 + number(at: header + 26, 2) + number(at: header + 28, 2)
    guard member.packedCount <= bytes.count - start else {
      let actual = max(0, bytes.count - start)
      throw DatasetError(.truncated(part: "the member", expected: member.packedCount, actual: actual), path: place)
    }
    let range = start..<start + member.packedCount
    var contents: [UInt8] = []
    switch member.method {
    case Self.stored:
      guard range.count >= member.count else {
        throw DatasetError(.truncated(part: "the member", expected: member.count, actual: range.count), path: place)
      }
      guard range.count == member.count else {
        throw DatasetError(.tooLong(part: "the member", expected: member.count), path: place)
      }
      contents = Array(bytes[range])
    case Self.deflated:
      var inflater = try Inflater(bytes, in: range, format: .raw, path: place)
      try inflater.readRest(member.count, part: "the member", into: &contents)
    default:
      throw DatasetError(.unsupported(feature: "compression method \(member.method)"), path: place)
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

  /// A little-endian number of `width` bytes; negative outside the file, and where it doesn't fit.
  private func number(at offset: Int, _ width: Int) -> Int {
    guard offset >= 0, offset + width <= bytes.count else { return -1 }
    return bytes[offset..<offset + width].reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  private func malformed(_ reason: String) -> DatasetError {
    DatasetError(.malformedHeader(format: "zip", reason: reason), path: path)
  }
}
