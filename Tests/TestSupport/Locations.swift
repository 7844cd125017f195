import Foundation

/// Where the package, its programs and data sets are.
public enum Locations {
  /// The root of the package.
  public static let package = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// An executable target of the package: programs are built beside the tests.
  public static func program(_ name: String) -> URL {
    #if os(macOS)
      let folder = Bundle(for: TemporaryFolder.self).bundleURL.deletingLastPathComponent()
    #else
      let folder = Bundle.main.bundleURL
    #endif
    return folder.appendingPathComponent(name)
  }

  /// The folder that contains the data set `name`, one of those in `TANREN_DATA` or `shared/data` beside the package; nil
  /// if there is none.
  public static func data(_ name: String) -> String? {
    let named = (ProcessInfo.processInfo.environment["TANREN_DATA"] ?? "").split(separator: ":").map(String.init)
    return (named + [package.path + "/../shared/data"])
      .first { FileManager.default.fileExists(atPath: $0 + "/" + name) }
      .map { URL(fileURLWithPath: $0).standardizedFileURL.path }
  }
}

extension Bundle {
  /// The path of a file in the tests' folder `Fixtures`.
  public func fixture(_ name: String) -> String { bundlePath + "/Fixtures/" + name }

  /// The contents of `name`.json in the tests' folder `Fixtures`.
  public func decodeFixture<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) throws -> Value {
    try JSONDecoder().decode(type, from: Data(contentsOf: URL(fileURLWithPath: fixture("\(name).json"))))
  }
}
