import Foundation

/// A file that grows by lines; each is on disk when the call returns, so that an interrupted run keeps what
/// it has finished.
final class LogFile {
  private let path: String
  private let handle: FileHandle

  /// - Throws: ``TrainingError/output(path:message:)`` if the file or its folder can't be made.
  init(_ path: String) throws(TrainingError) {
    self.path = path
    let url = URL(fileURLWithPath: path)
    do {
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data().write(to: url)
      handle = try FileHandle(forWritingTo: url)
    } catch {
      throw .output(path: path, message: error.localizedDescription)
    }
  }

  func write(_ line: String) throws(TrainingError) {
    do {
      try handle.write(contentsOf: Data((line + "\n").utf8))
    } catch {
      throw .output(path: path, message: error.localizedDescription)
    }
  }

  deinit { try? handle.close() }
}
