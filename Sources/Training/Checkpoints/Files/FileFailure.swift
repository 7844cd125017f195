#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What the system answered when a file or folder couldn't be used.
public struct FileFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// What was asked of the system.
  public enum Operation: String, Sendable {
    case makeFolder = "make the folder"
    case list = "list the folder"
    case read, create, write, synchronize, rename, remove
  }

  public let operation: Operation
  public let path: String
  /// The system's error number: `ENOSPC`, `EACCES`, ….
  public let code: Int32

  public init(_ operation: Operation, path: String, code: Int32) {
    self.operation = operation
    self.path = path
    self.code = code
  }

  public var isMissingFile: Bool { code == ENOENT }
  public var isDiskFull: Bool { code == ENOSPC || code == EDQUOT }

  public var description: String {
    "can't \(operation.rawValue) \(path): \(String(cString: strerror(code))). \(remedy)"
  }

  private var remedy: String {
    switch code {
    case ENOSPC, EDQUOT: "Free some space or choose another disk; what was saved before is still there."
    case ENOENT: "Check the path."
    case EACCES, EPERM: "Check the permissions of the file and of its folders."
    case EROFS: "Choose a folder on a disk that can be written."
    case ENOTDIR: "A part of the path is a file, not a folder."
    case EISDIR: "It is a folder, not a file."
    case EEXIST: "It is there already: does another process write to the same folder?"
    default: "Check the path and the disk."
    }
  }
}
