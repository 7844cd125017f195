import Foundation

/// The flags that XLA reads from the environment variable `XLA_FLAGS`.
package enum XLAFlags {
  /// XLA ends the process when it meets a flag it doesn't know, so look for the names beforehand: a
  /// flag that the plugin knows stands by name in the plugin's file.
  /// - Parameter setting: flags, or the name of a file of flags, as XLA takes it.
  /// - Throws: ``EngineError/invalidOptions(_:)`` naming the first unknown flag.
  package static func check(_ setting: String?, pluginPath: String) throws(EngineError) {
    guard let text = flags(in: setting ?? ""), !text.isEmpty else { return }
    let plugin: Data
    do {
      plugin = try Data(contentsOf: URL(fileURLWithPath: pluginPath), options: .alwaysMapped)
    } catch {
      throw .notPlugin(path: pluginPath, reason: "it can't be read: \(error.localizedDescription)")
    }
    for flag in text.split(whereSeparator: \.isWhitespace) {
      let name = flag.drop { $0 == "-" }.prefix { $0 != "=" }
      guard flag.hasPrefix("--"), name.hasPrefix("xla_"), contains(plugin, cString: String(name)) else {
        throw .invalidOptions(
          "the environment variable XLA_FLAGS has '\(flag)', which the plugin \(pluginPath) doesn't know: take it out")
      }
    }
  }

  private static func flags(in setting: String) -> String? {
    let text = setting.trimmingCharacters(in: .whitespacesAndNewlines)
    if text.isEmpty || text.hasPrefix("-") { return text }
    // XLA passes over a file that isn't there.
    return try? String(contentsOfFile: text, encoding: .utf8)
  }

  /// Whether the text stands in the file with a zero on either side, as compilers lay out literals.
  private static func contains(_ file: Data, cString text: String) -> Bool {
    file.range(of: Data([0] + Array(text.utf8) + [0])) != nil
  }
}
