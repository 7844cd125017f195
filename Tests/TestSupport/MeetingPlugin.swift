import Foundation

/// The plugin in `Tests/PJRTTests/Fixtures/meeting_plugin.c`, whose clients do nothing but meet each other.
public enum MeetingPlugin {
  public static let canBeBuilt = FileManager.default.isExecutableFile(atPath: compiler)

  private static let compiler = "/usr/bin/cc"

  /// Compiles it.
  /// - Parameter name: of the library's file.
  /// - Returns: the library's path.
  public static func build(in folder: TemporaryFolder, as name: String = "meeting.so") throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: compiler)
    process.arguments = [
      "-shared", "-fPIC", "-I" + Locations.package.path + "/Sources/CPJRT/include", "-o", folder(name),
      Locations.package.path + "/Tests/PJRTTests/Fixtures/meeting_plugin.c",
    ]
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
    return folder(name)
  }
}
