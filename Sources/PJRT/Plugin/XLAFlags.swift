import Foundation

/// The flags that XLA reads from the environment variable `XLA_FLAGS` when a plugin starts.
enum XLAFlags {
  /// XLA ends the process when it meets a flag it doesn't know, so look for the names beforehand: a
  /// flag that the plugin knows stands by name in the plugin's file.
  /// - Throws: ``EngineError/invalidOptions(_:)`` naming the first unknown flag.
  static func check(_ flags: String?, pluginPath: String) throws(EngineError) {
    guard let flags, !flags.isEmpty, flags.hasPrefix("-") else { return }
    let file: Data
    do {
      file = try Data(contentsOf: URL(fileURLWithPath: pluginPath), options: .alwaysMapped)
    } catch {
      throw .notPlugin(path: pluginPath, reason: "it can't be read: \(error)")
    }
    for flag in flags.split(whereSeparator: \.isWhitespace) {
      let name = flag.drop(while: { $0 == "-" }).prefix(while: { $0 != "=" })
      guard flag.hasPrefix("--"), !name.isEmpty, file.range(of: Data(name.utf8)) != nil else {
        throw .invalidOptions(
          "the environment variable XLA_FLAGS has '\(flag)', which \(pluginPath) doesn't know: take it out")
      }
    }
  }
}
