/// The file operations that saving and loading are made of, in the order in which they happen, so that a test
/// can make any of them the last.
package protocol Disk: Sendable {
  /// Makes a folder and its parents, if they are missing.
  func makeFolder(_ path: String) throws(FileFailure)
  /// The names of a folder's entries, in no order.
  func names(in folder: String) throws(FileFailure) -> [String]
  func contents(of path: String) throws(FileFailure) -> [UInt8]
  /// Creates a new file. Its contents are on the disk, not only in a cache, when the call
  /// returns.
  func create(_ path: String, holding bytes: [UInt8]) throws(FileFailure)
  /// Renames a file atomically; replaces a file of that name.
  func move(_ path: String, to target: String) throws(FileFailure)
  /// Brings the names in a folder to the disk.
  func synchronize(folder: String) throws(FileFailure)
  func delete(_ path: String) throws(FileFailure)
}

extension Disk {
  /// Replaces a file atomically: at any moment the old or the new one exists, whole.
  /// - Parameter temporary: an unused name in the same folder.
  package func publish(_ bytes: [UInt8], as path: String, by temporary: String) throws(FileFailure) {
    do throws(FileFailure) {
      try create(temporary, holding: bytes)
      try move(temporary, to: path)
    } catch {
      // The space may be needed, for example on a full disk. The first failure is the one to report.
      if error.code != FileFailure.fileExists { try? delete(temporary) }
      throw error
    }
    try synchronize(folder: folder(of: path))
  }

  package func folder(of path: String) -> String {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    if parts.count == 1 { return "." }
    let folder = parts.dropLast().joined(separator: "/")
    return folder.isEmpty ? "/" : folder
  }
}
