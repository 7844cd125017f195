import Foundation

#if canImport(Darwin)
  import Darwin
#endif

/// The kind of disk that a file lies on.
enum FileSystem {
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
