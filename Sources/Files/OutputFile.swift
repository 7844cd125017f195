#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file that is written for people and for other programs, under the name they chose.
package enum OutputFile {
  /// Where a name leads.
  private enum Target {
    /// A file, or where there will be one.
    /// - Parameter status: nil if there is none yet.
    case file(path: String, status: stat?)
    /// Something else that can be written to: a device, a pipe.
    case other
  }

  /// Writes a file. A new or existing file is written whole or not at all, and keeps its permissions; a
  /// link stays, and its target is written; a device or a pipe gets the bytes.
  package static func write(_ bytes: [UInt8], to path: String) throws(FileFailure) {
    do { try write(to: path) { append in try append(bytes) } } catch let error as FileFailure { throw error } catch {
      throw FileFailure(.write, path: path, code: EIO)
    }
  }

  /// As ``write(_:to:)``, piece by piece, for what needn't be in memory as a whole.
  /// - Parameter pieces: calls its argument with one piece after the other; may be called again if the first file can't be
  ///   put into place.
  /// - Throws: `FileFailure`, and what `pieces` throws; the file is as it was before then.
  package static func write(to path: String, _ pieces: (_ append: ([UInt8]) throws -> Void) throws -> Void) throws {
    let disk = POSIXDisk()
    guard case .file(let file, let status) = try target(of: path) else { return try disk.overwrite(path, with: pieces) }
    // A file in a folder of one's own could be replaced even if it may not be written to.
    guard status == nil || access(file, W_OK) == 0 else { throw FileFailure(.write, path: path, code: errno) }
    let temporary = "\(disk.folder(of: file))/.tanren-\(getpid())-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
    do {
      try disk.create(temporary, holding: pieces)
      if let status {
        // Only the superuser may give files away; whoever else owns the new one as it was the old one.
        _ = chown(temporary, status.st_uid, status.st_gid)
        _ = chmod(temporary, status.st_mode & 0o7777)
      }
      try disk.move(temporary, to: file)
    } catch let error as FileFailure {
      if error.code != FileFailure.fileExists { try? disk.delete(temporary) }
      // The folder may be closed, or the file be mounted by itself.
      if status != nil, [EACCES, EPERM, EBUSY].contains(error.code) { return try disk.overwrite(file, with: pieces) }
      throw FileFailure(.write, path: path, code: error.code)
    } catch {
      try? disk.delete(temporary)
      throw error
    }
    // This matters only in a power failure; some folders can be written to but not opened.
    try? disk.synchronize(folder: disk.folder(of: file))
  }

  private static func target(of path: String) throws(FileFailure) -> Target {
    var status = stat()
    if stat(path, &status) == 0 {
      switch status.st_mode & S_IFMT {
      case S_IFDIR: throw FileFailure(.write, path: path, code: EISDIR)
      // What stands for an open file has no name that could be given to another.
      case S_IFREG where !path.hasPrefix("/dev/") && !path.hasPrefix("/proc/"):
        guard let full = realpath(path, nil) else { throw FileFailure(.write, path: path, code: errno) }
        defer { free(full) }
        return .file(path: String(cString: full), status: status)
      default: return .other
      }
    }
    guard errno == ENOENT else { throw FileFailure(.write, path: path, code: errno) }
    // A link to a missing file; a circle of links would have been another error.
    var file = path
    while let next = linked(file) {
      file = next.hasPrefix("/") ? next : POSIXDisk().folder(of: file) + "/" + next
    }
    return .file(path: file, status: nil)
  }

  /// A link's target; nil for anything else.
  private static func linked(_ path: String) -> String? {
    var characters = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &characters, characters.count)
    return count > 0 ? String(decoding: characters[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self) : nil
  }
}
