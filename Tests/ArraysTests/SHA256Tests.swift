import Files
import Foundation
import TestSupport
import Testing

@testable import Arrays

/// Digests against the examples that NIST publishes for FIPS 180-4, and in pieces of all lengths.
@Suite(.tags(.unit)) struct SHA256Tests {
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
  ])
  func agreesWithPublishedVectors(text: String, digest: String) {
    #expect(SHA256.hex(of: text.utf8) == digest)
  }

  @Test func agreesForAMillionLetters() {
    var hash = SHA256()
    for _ in 0..<1000 { hash.update([UInt8](repeating: UInt8(ascii: "a"), count: 1000)) }
    #expect(hash.hexDigest() == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test func doesntDependOnThePieces() {
    let bytes = (0..<300).map { UInt8($0 & 255) }
    for length in 0..<200 {
      var pieces = SHA256()
      let whole = Array(bytes[..<length])
      for start in stride(from: 0, to: length, by: 7) { pieces.update(Array(whole[start..<min(start + 7, length)])) }
      #expect(pieces.hexDigest() == SHA256.hex(of: whole))
    }
  }

  @Test func readsFiles() throws {
    let path = FileManager.default.temporaryDirectory.path + "/tanren-digest-\(UUID().uuidString)"
    try Data("abc".utf8).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(try SHA256.hex(ofFile: path) == SHA256.hex(of: "abc".utf8))
    #expect(throws: FileFailure(.read, path: path + ".missing", code: ENOENT)) {
      try SHA256.hex(ofFile: path + ".missing")
    }
  }
}
