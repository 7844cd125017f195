import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The system's answer when a file or folder couldn't be used.
public struct FileFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// The operation that failed.
  public enum Operation: String, Sendable {
    case makeFolder = "make the folder"
    case list = "list the folder"
    case read, create, write, synchronize, rename, remove, lock
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

  /// - Parameter error: Foundation's, which usually contains the system's error number.
  package init(_ operation: Operation, path: String, _ error: any Error) {
    func code(_ error: NSError) -> Int32? {
      if error.domain == NSPOSIXErrorDomain { return Int32(error.code) }
      if let underlying = error.userInfo[NSUnderlyingErrorKey] as? any Error { return code(underlying as NSError) }
      switch CocoaError.Code(rawValue: error.code) {
      case .fileNoSuchFile, .fileReadNoSuchFile: return ENOENT
      case .fileReadNoPermission, .fileWriteNoPermission: return EACCES
      case .fileWriteOutOfSpace: return ENOSPC
      case .fileWriteVolumeReadOnly: return EROFS
      case .fileWriteFileExists: return EEXIST
      default: return nil
      }
    }
    self.init(operation, path: path, code: (error as? FileFailure)?.code ?? code(error as NSError) ?? EIO)
  }

  public var isMissingFile: Bool { code == ENOENT }
  public var isDiskFull: Bool { code == ENOSPC || code == EDQUOT }

  public var description: String { "can't \(operation.rawValue) \(path): \(reason). \(remedy)" }

  /// The system's message, without a full stop.
  package var reason: String { String(cString: strerror(code)) }

  /// How to fix it, in a sentence.
  package var remedy: String {
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
