/// The regular files of a tar archive in memory.
///
/// Read are POSIX ustar archives with the pax and GNU ways of writing long names. Nothing is ever written where a
/// member's name says; a name that would lead out of the archive's folder is an error all the same, since such an
/// archive wasn't made in good faith.
///
/// Source: IEEE Std 1003.1, "pax - portable archive interchange".
struct TarArchive {
  private static let block = 512

  private let bytes: [UInt8]
  private let path: String
  private var files: [(name: String, contents: Range<Int>)] = []

  /// - Parameter path: what errors call the bytes.
  /// - Throws: ``DatasetError`` if a header is damaged, a member runs over the end, or a name leads out.
  init(_ bytes: [UInt8], path: String) throws(DatasetError) {
    self.bytes = bytes
    self.path = path
    var offset = 0
    var longName: String?
    while offset + Self.block <= bytes.count, bytes[offset..<offset + Self.block].contains(where: { $0 != 0 }) {
      guard isSummedUp(at: offset) else {
        throw malformed(
          "the checksum of the entry at byte \(offset) is wrong, so this is no tar archive or a damaged one")
      }
      guard let count = octal(at: offset + 124, 12) else {
        throw malformed("the size of the entry at byte \(offset) is not a number")
      }
      let start = offset + Self.block
      guard count <= bytes.count - start else {
        throw DatasetError(
          .truncated(part: "the entry at byte \(offset)", expected: count, actual: bytes.count - start), path: path)
      }
      let contents = start..<start + count
      switch bytes[offset + 156] {
      case UInt8(ascii: "L"): longName = text(contents)
      case UInt8(ascii: "x"): longName = paxPath(contents) ?? longName
      case let type:
        let name = longName ?? self.name(at: offset)
        longName = nil
        guard Self.staysInside(name) else { throw DatasetError(.unsafeMember(name: name), path: path) }
        if type == 0 || type == UInt8(ascii: "0") { files.append((name, contents)) }
      }
      offset = start + (count + Self.block - 1) / Self.block * Self.block
    }
    guard !files.isEmpty else { throw malformed("there are no files in it") }
  }

  var names: [String] { files.map(\.name) }

  /// The contents of the file of that name, in whatever folder of the archive.
  /// - Throws: ``DatasetError`` if there is none, or more than one.
  func contents(of name: String) throws(DatasetError) -> [UInt8] {
    let found = files.filter { $0.name == name || $0.name.hasSuffix("/" + name) }
    guard let file = found.first else {
      throw DatasetError(.missingMember(name: name, available: Array(names.prefix(20))), path: path)
    }
    guard found.count == 1 else { throw DatasetError(.duplicateMember(name: name), path: path) }
    return Array(bytes[file.contents])
  }

  private static func staysInside(_ name: String) -> Bool {
    !name.isEmpty && !name.hasPrefix("/") && !name.split(separator: "/").contains("..")
  }

  /// Whether a header's bytes add up to the sum it has, whose own bytes count as spaces.
  private func isSummedUp(at offset: Int) -> Bool {
    var sum = 0
    for index in 0..<Self.block { sum += (148..<156).contains(index) ? 32 : Int(bytes[offset + index]) }
    return octal(at: offset + 148, 8) == sum
  }

  private func name(at offset: Int) -> String {
    let name = text(offset..<offset + 100)
    let isUstar = bytes[offset + 257..<offset + 262].elementsEqual("ustar".utf8)
    // GNU archives keep other things where ustar has the prefix.
    let prefix = isUstar && bytes[offset + 262] == 0 ? text(offset + 345..<offset + 500) : ""
    return prefix.isEmpty ? name : prefix + "/" + name
  }

  /// Up to the first zero.
  private func text(_ range: Range<Int>) -> String {
    String(decoding: bytes[range].prefix { $0 != 0 }, as: UTF8.self)
  }

  private func octal(at offset: Int, _ count: Int) -> Int? {
    let digits = text(offset..<offset + count).filter { $0 != " " }
    guard let number = Int(digits, radix: 8), number >= 0 else { return nil }
    return number
  }

  /// The `path` among records of the form `length key=value\n`.
  private func paxPath(_ range: Range<Int>) -> String? {
    for line in bytes[range].split(separator: UInt8(ascii: "\n")) {
      let record = String(decoding: line, as: UTF8.self).split(separator: " ", maxSplits: 1)
      if record.count == 2, record[1].hasPrefix("path=") { return String(record[1].dropFirst(5)) }
    }
    return nil
  }

  private func malformed(_ reason: String) -> DatasetError {
    DatasetError(.malformedHeader(format: "tar", reason: reason), path: path)
  }
}
