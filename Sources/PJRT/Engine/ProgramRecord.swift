import Foundation

/// The text of every program that is compiled, in a folder: one file per program, named after its digest.
///
/// Two records of the same work show which programs a change of the library has changed: see `scripts/replay`.
struct ProgramRecord: Sendable {
  private let folder: String

  /// The record in the folder that the environment variable `TANREN_RECORD_PROGRAMS` names; nil if it names none.
  init?(environment: [String: String]) {
    guard let folder = environment["TANREN_RECORD_PROGRAMS"], !folder.isEmpty else { return nil }
    self.folder = folder
  }

  /// - Throws: ``EngineError/file(path:reason:)`` if the text can't be written: a record with gaps proves nothing.
  func add(_ text: String) throws(EngineError) {
    let path = "\(folder)/\(SHA256.hex(of: text.utf8)).mlir"
    guard !FileManager.default.fileExists(atPath: path) else { return }
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw .file(path: path, reason: "the program can't be recorded: \(error.localizedDescription)")
    }
  }
}
