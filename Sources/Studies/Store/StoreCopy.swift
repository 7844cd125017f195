import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A store on a disk that can't be written to, copied to where it can be read: SQLite needs to make files beside a
/// database with a write-ahead log even for reading it.
final class StoreCopy: Sendable {
  let path: String
  private let folder: URL

  /// nil where the store can be read in place.
  init?(ifNeededFor path: String) throws {
    let source = URL(fileURLWithPath: path)
    guard access(source.deletingLastPathComponent().path, W_OK) != 0 || access(path, W_OK) != 0 else { return nil }
    let files = FileManager.default
    folder = files.temporaryDirectory.appendingPathComponent("tanren-store-\(UUID().uuidString)")
    try files.createDirectory(at: folder, withIntermediateDirectories: true)
    let target = folder.appendingPathComponent("store.sqlite")
    self.path = target.path
    // The log first: what it says is newer than the file either way.
    for suffix in ["-wal", ""] where files.fileExists(atPath: path + suffix) {
      try files.copyItem(atPath: path + suffix, toPath: target.path + suffix)
      try files.setAttributes([.posixPermissions: 0o600], ofItemAtPath: target.path + suffix)
    }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }
}
