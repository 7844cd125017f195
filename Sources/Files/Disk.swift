/// The file operations that saving and loading are made of, in the order in which they happen, so that a test
/// can make any of them the last.
package protocol Disk: Sendable {
  /// Makes a folder and those above it, where they aren't there.
  func makeFolder(_ path: String) throws(FileFailure)
  /// The names of what is in a folder, in no order.
  func names(in folder: String) throws(FileFailure) -> [String]
  func contents(of path: String) throws(FileFailure) -> [UInt8]
  /// Makes a file that wasn't there before. Its contents are on the disk, not only in a cache, when the call
  /// returns.
  func create(_ path: String, holding bytes: [UInt8]) throws(FileFailure)
  /// Gives a file another name, at once for whoever looks; replaces the file that had it.
  func move(_ path: String, to target: String) throws(FileFailure)
  /// Has the names in a folder on the disk.
  func synchronize(folder: String) throws(FileFailure)
  func delete(_ path: String) throws(FileFailure)
}

extension Disk {
  /// Puts a file under a name in one go: at any moment the old or the new one is there, whole.
  /// - Parameter temporary: a name in the same folder that isn't taken.
  package func publish(_ bytes: [UInt8], as path: String, by temporary: String) throws(FileFailure) {
    do throws(FileFailure) {
      try create(temporary, holding: bytes)
      try move(temporary, to: path)
    } catch {
      // The space may be needed, on a full disk say. What matters is the first failure.
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
