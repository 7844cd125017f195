import Files
import Tanren

/// The folder that a command's files go to.
struct OutputFolder {
  let path: String

  /// - Throws: `TrainingError` if there is no such folder and none can be made, or nothing can be written there.
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

  /// Writes a file, whole or not at all.
  @discardableResult func write(_ text: String, to name: String) throws(TrainingError) -> String {
    try Self.write(text, to: file(name))
    return file(name)
  }

  /// As ``write(_:to:)``, anywhere and to anything that can be written to; folders are made if need be.
  static func write(_ text: String, to path: String) throws(TrainingError) {
    do throws(FileFailure) {
      try POSIXDisk().makeFolder(POSIXDisk().folder(of: path))
      try OutputFile.write(Array(text.utf8), to: path)
    } catch {
      throw .output(FileFailure(.write, path: path, code: error.code))
    }
  }
}
