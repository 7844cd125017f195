import Foundation

/// A folder of this process for readers that want files.
enum Scratch {
  static let folder: String = {
    let path =
      NSTemporaryDirectory() + "tanren-readers-\(ProcessInfo.processInfo.processIdentifier)-\(UUID().uuidString)"
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }()

  /// Calls `body` with the path of an empty folder, and removes it.
  static func with<Result>(_ body: (String) throws -> Result) throws -> Result {
    let path = folder + "/" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
  }

  static func write(_ bytes: [UInt8], _ path: String) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }
}
