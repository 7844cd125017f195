import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The kind of disk that a file lies on.
enum FileSystem {
  /// What is at a path if it is no file, for people; nil for a file, and for what can't be looked at.
  static func specialKind(of path: String) -> String? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return nil
    case S_IFDIR: return "a folder"
    case S_IFIFO: return "a pipe"
    case S_IFSOCK: return "a socket"
    default: return "a device"
    }
  }

  /// Whether other machines may use the same file. SQLite's write-ahead log needs memory that all processes share,
  /// so it can't be used there.
  static func isShared(_ path: String) -> Bool {
    #if canImport(Darwin)
      var status = statfs()
      var folder = URL(fileURLWithPath: path).deletingLastPathComponent()
      while statfs(folder.path, &status) != 0, folder.path != "/" { folder.deleteLastPathComponent() }
      return status.f_flags & UInt32(MNT_LOCAL) == 0
    #else
      let mounts = (try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)) ?? ""
      let full = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
      return kind(of: full, mounts: mounts).map { sharedKinds.contains($0) } ?? false
    #endif
  }

  /// The file system of the mount that a path lies in.
  /// - Parameter mounts: lines of device, folder, file system and more, as Linux writes them.
  static func kind(of path: String, mounts: String) -> String? {
    var best: (length: Int, kind: String)?
    for line in mounts.split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count > 2 else { continue }
      let folder = fields[1].replacing("\\040", with: " ")
      let isInside = folder == "/" || path == folder || path.hasPrefix(folder + "/")
      // Of several mounts on one folder the last one counts.
      if isInside, folder.count >= best?.length ?? 0 { best = (folder.count, String(fields[2])) }
    }
    return best?.kind
  }

  private static let sharedKinds: Set<String> = [
    "nfs", "nfs4", "cifs", "smb3", "lustre", "gpfs", "beegfs", "ceph", "afs", "9p", "fuse.sshfs", "fuse.glusterfs",
    "pvfs2", "orangefs", "wekafs", "panfs",
  ]
}

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
    for suffix in ["-wal", "-journal", ""] where files.fileExists(atPath: path + suffix) {
      try files.copyItem(atPath: path + suffix, toPath: target.path + suffix)
      try files.setAttributes([.posixPermissions: 0o600], ofItemAtPath: target.path + suffix)
    }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }
}
