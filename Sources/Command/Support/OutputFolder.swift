import Files
import Tanren

/// The folder for the files of a command.
struct OutputFolder {
  let path: String

  /// - Throws: `TrainingError` if the folder cannot be created or written to.
  init(_ path: String) throws(TrainingError) {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    do throws(FileFailure) {
      try POSIXDisk().makeFolder(self.path)
      try POSIXDisk().checkAccess(toFolder: self.path)
    } catch {
      throw .output(error)
    }
  }

  /// The path of a file in the folder.
  func file(_ name: String) -> String { path + "/" + name }

  /// Writes a file atomically.
  @discardableResult func write(_ text: String, to name: String) throws(TrainingError) -> String {
    try Self.write(text, to: file(name))
    return file(name)
  }

  /// As ``write(_:to:)``, to any path, piece by piece.
  /// - Throws: `TrainingError` if the file cannot be written, and what `pieces` throws.
  static func write(to path: String, _ pieces: (_ append: ([UInt8]) throws -> Void) throws -> Void) throws {
    do {
      try POSIXDisk().makeFolder(POSIXDisk().folder(of: path))
      try OutputFile.write(to: path, pieces)
    } catch let error as FileFailure {
      throw TrainingError.output(FileFailure(.write, path: path, code: error.code))
    }
  }

  /// As ``write(_:to:)``, to any path, creating folders as needed. Devices and pipes are written directly.
  static func write(_ text: String, to path: String) throws(TrainingError) {
    do throws(FileFailure) {
      try POSIXDisk().makeFolder(POSIXDisk().folder(of: path))
      try OutputFile.write(Array(text.utf8), to: path)
    } catch {
      throw .output(FileFailure(.write, path: path, code: error.code))
    }
  }
}
