import Foundation

extension SHA256 {
  /// The digest of a file's contents, as 64 lower-case hexadecimal digits.
  /// - Throws: ``EngineError/file(path:reason:)``.
  package static func hex(ofFile path: String) throws(EngineError) -> String {
    var hash = SHA256()
    do {
      let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? file.close() }
      while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty {
        piece.withUnsafeBytes { hash.update($0) }
      }
    } catch {
      throw .file(path: path, reason: "it can't be read: \(error.localizedDescription)")
    }
    return hash.hexDigest()
  }
}
