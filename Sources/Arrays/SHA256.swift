import CSHA256
import Files
import Foundation

/// The SHA-256 digest of a stream of bytes (FIPS 180-4, section 6.2).
package struct SHA256: Sendable {
  private var state: [UInt32] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]
  /// Bytes that don't fill a block yet.
  private var pending: [UInt8] = []
  private var byteCount: UInt64 = 0
  private static let blockSize = 64

  package init() {}

  /// The digest of one piece, as 64 lower-case hexadecimal digits.
  package static func hex(of bytes: some Sequence<UInt8>) -> String {
    var hash = SHA256()
    hash.update([UInt8](bytes))
    return hash.hexDigest()
  }

  package mutating func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { update($0) }
  }

  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    byteCount &+= UInt64(bytes.count)
    var rest = bytes[...]
    if !pending.isEmpty {
      let filling = rest.prefix(Self.blockSize - pending.count)
      pending.append(contentsOf: filling)
      rest = rest.dropFirst(filling.count)
      guard pending.count == Self.blockSize else { return }
      let block = pending
      block.withUnsafeBytes { compress($0) }
      pending.removeAll(keepingCapacity: true)
    }
    let whole = rest.count / Self.blockSize * Self.blockSize
    if whole > 0 { compress(UnsafeRawBufferPointer(rebasing: rest.prefix(whole))) }
    pending.append(contentsOf: rest.dropFirst(whole))
  }

  /// The 32 bytes of the digest so far. Updates may continue afterwards.
  package func digest() -> [UInt8] {
    var last = self
    let bits = byteCount &* 8
    var padding: [UInt8] = [0x80]
    padding += [UInt8](repeating: 0, count: (119 - pending.count) % Self.blockSize)
    padding += (0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * UInt64($0))) }
    last.update(padding)
    return last.state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * $0)) } }
  }

  package func hexDigest() -> String { Self.hexadecimal(digest()) }

  /// Two lower-case digits for each byte.
  package static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(64)
    for byte in bytes {
      text.append(hexadecimalDigits[Int(byte >> 4)])
      text.append(hexadecimalDigits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static let hexadecimalDigits = Array("0123456789abcdef".utf8)

  /// - Parameter blocks: whole blocks.
  private mutating func compress(_ blocks: UnsafeRawBufferPointer) {
    state.withUnsafeMutableBufferPointer { state in
      tanren_sha256_blocks(
        state.baseAddress, blocks.baseAddress?.assumingMemoryBound(to: UInt8.self), blocks.count / Self.blockSize)
    }
  }
}

extension SHA256 {
  /// The digest of a file's contents, as 64 lower-case hexadecimal digits.
  package static func hex(ofFile path: String) throws(FileFailure) -> String {
    var hash = SHA256()
    do {
      let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? file.close() }
      while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty {
        piece.withUnsafeBytes { hash.update($0) }
      }
    } catch {
      throw FileFailure(.read, path: path, error)
    }
    return hash.hexDigest()
  }
}
