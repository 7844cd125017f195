import Arrays
import Files
import Foundation
import PJRT

/// The secret by which processes that meet over TCP recognize each other. It is never sent: each side proves that it
/// knows it, by a keyed digest of the other's random number.
///
/// It keeps strangers out of the store. What is exchanged afterwards isn't encrypted, as in other frameworks: use it in a
/// network that you trust.
public struct RendezvousToken: Sendable {
  /// The environment variables that hold a token, or name a file that does.
  public static let (variable, fileVariable) = ("TANREN_TOKEN", "TANREN_TOKEN_FILE")

  private static let leastCount = 16
  private let key: [UInt8]

  /// - Throws: ``RendezvousError/invalid(_:)`` for a short one.
  public init(_ text: String) throws(RendezvousError) {
    try self.init(exactly: Array(text.trimmingCharacters(in: .whitespacesAndNewlines).utf8))
  }

  init(exactly bytes: [UInt8]) throws(RendezvousError) {
    guard bytes.count >= Self.leastCount else {
      throw .invalid(
        "the token has \(bytes.count) bytes and needs \(Self.leastCount): `openssl rand -hex 32` makes a good one")
    }
    key = bytes
  }

  /// A token in a file that nobody else can read.
  /// - Throws: ``RendezvousError/file(_:)`` or ``RendezvousError/invalid(_:)``.
  public init(file path: String) throws(RendezvousError) {
    var status = stat()
    guard stat(path, &status) == 0 else { throw .file(FileFailure(.read, path: path, code: errno)) }
    guard status.st_mode & 0o077 == 0 else {
      throw .invalid("others may read the token in \(path): `chmod 600 \(path)` keeps it secret")
    }
    let bytes: [UInt8]
    do throws(FileFailure) { bytes = try POSIXDisk().contents(of: path) } catch { throw .file(error) }
    try self.init(String(decoding: bytes, as: UTF8.self))
  }

  /// The digest of a message that only those who know the token can make: HMAC-SHA-256 (RFC 2104).
  func digest(of message: [UInt8]) -> [UInt8] {
    let blockSize = 64
    var block = key.count > blockSize ? Self.hash(key) : key
    block += [UInt8](repeating: 0, count: blockSize - block.count)
    return Self.hash(block.map { $0 ^ 0x5c } + Self.hash(block.map { $0 ^ 0x36 } + message))
  }

  /// Whether a digest is that of a message. The time it takes doesn't tell where they differ.
  func confirms(_ digest: [UInt8], of message: [UInt8]) -> Bool {
    let expected = self.digest(of: message)
    guard digest.count == expected.count else { return false }
    return zip(digest, expected).reduce(0 as UInt8) { $0 | ($1.0 ^ $1.1) } == 0
  }

  private static func hash(_ bytes: [UInt8]) -> [UInt8] {
    var hash = SHA256()
    hash.update(bytes)
    return hash.digest()
  }
}
