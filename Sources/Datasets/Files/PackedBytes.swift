import Foundation

/// A file's bytes, unpacked if it is compressed by gzip or xz; what it is, its first bytes tell.
enum PackedBytes {
  private static let chunk = 1 << 20

  /// - Parameter limit: more unpacked bytes than this are an error: a few bytes can unpack to terabytes.
  /// - Throws: ``DatasetError`` if the file can't be read, or is damaged.
  static func read(_ path: String, limit: Int) throws(DatasetError) -> [UInt8] {
    let packed = try FileBytes.read(path)
    let bytes: [UInt8]
    if packed.starts(with: [0x1f, 0x8b]) {
      var inflater = try Inflater(packed, format: .gzip, path: path)
      var unpacked: [UInt8] = []
      // One byte more than allowed tells that there are too many, and makes zlib reach the stream's checksum.
      try inflater.read(limit + 1, into: &unpacked)
      bytes = unpacked
    } else if packed.starts(with: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]) {
      bytes = try unpackedByXZ(path, limit: limit)
    } else {
      bytes = packed
    }
    guard bytes.count <= limit else {
      throw DatasetError(.tooLong(part: "what is packed in it", expected: limit), path: path)
    }
    return bytes
  }

  /// By the program `xz`, as no library for it comes with every system.
  private static func unpackedByXZ(_ path: String, limit: Int) throws(DatasetError) -> [UInt8] {
    let xz = Process()
    let (output, complaints) = (Pipe(), Pipe())
    xz.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    xz.arguments = ["xz", "--decompress", "--stdout", "--", path]
    xz.standardInput = FileHandle.nullDevice
    xz.standardOutput = output
    xz.standardError = complaints
    do {
      try xz.run()
    } catch {
      throw DatasetError(.unsupported(feature: "an archive of xz without the program 'xz'"), path: path)
    }
    var bytes: [UInt8] = []
    while let part = try? output.fileHandleForReading.read(upToCount: chunk), !part.isEmpty {
      bytes.append(contentsOf: part)
      guard bytes.count <= limit else {
        xz.terminate()
        break
      }
    }
    xz.waitUntilExit()
    guard bytes.count > limit || (xz.terminationReason == .exit && xz.terminationStatus == 0) else {
      let text = String(decoding: complaints.fileHandleForReading.availableData, as: UTF8.self)
      let reason = text.split(whereSeparator: \.isNewline).first.map(String.init)
      throw DatasetError(
        .corruptCompression(byte: bytes.count, reason: reason ?? "xz ended with status \(xz.terminationStatus)"),
        path: path)
    }
    return bytes
  }
}
