import Foundation
import Tanren

/// The folder that a command's files go to.
struct OutputFolder {
  let path: String

  /// - Throws: `TrainingError` if there is no such folder and none can be made, or nothing can be written there.
  init(_ path: String) throws(TrainingError) {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw .output(path: path, message: "the folder can't be made: \(Self.reason(error))")
    }
    guard access(path, W_OK | X_OK) == 0 else {
      throw .output(path: path, message: "the folder may not be written to: choose another with --output")
    }
  }

  /// The path of a file in the folder.
  func file(_ name: String) -> String { path + "/" + name }

  /// Writes a file, whole or not at all.
  @discardableResult func write(_ text: String, to name: String) throws(TrainingError) -> String {
    try Self.write(text, to: file(name))
    return file(name)
  }

  /// As ``write(_:to:)``, anywhere; folders are made if need be.
  static func write(_ text: String, to path: String) throws(TrainingError) {
    do {
      let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw .output(path: path, message: reason(error))
    }
  }

  private static func reason(_ error: any Error) -> String {
    let cocoa = error as? CocoaError
    return (cocoa?.underlying ?? error).localizedDescription
  }
}
