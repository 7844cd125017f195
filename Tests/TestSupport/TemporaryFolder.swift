import Foundation

/// A folder for one test, deleted when the last reference to it is gone.
public final class TemporaryFolder: Sendable {
  public let path: String

  public init() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("tanren-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a file in the folder, whether or not it exists.
  public func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file and the folders it lies in.
  /// - Returns: its path.
  @discardableResult
  public func write(_ bytes: [UInt8], to name: String, executable: Bool = false) throws -> String {
    let url = URL(fileURLWithPath: self(name))
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
    if executable { try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: url.path) }
    return self(name)
  }

  /// As ``write(_:to:executable:)-([UInt8],_,_)``, with the text's UTF-8.
  @discardableResult
  public func write(_ text: String, to name: String, executable: Bool = false) throws -> String {
    try write(Array(text.utf8), to: name, executable: executable)
  }

  public func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: self(name))))
  }

  public func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

  public func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: self(name)) }

  /// The sorted names in the folder, or in a folder of it; empty if there is none.
  public func names(_ name: String = "") -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: self(name))) ?? []).sorted()
  }
}
