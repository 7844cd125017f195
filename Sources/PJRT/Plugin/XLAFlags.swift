import Foundation

/// The flags that XLA reads from the environment variable `XLA_FLAGS`.
package enum XLAFlags {
  /// Checks flags before XLA reads them, since it ends the process on an unknown one. A
  /// flag that the plugin knows occurs by name in the plugin's file.
  /// - Parameter setting: flags, or the name of a file of flags, as XLA accepts it.
  /// - Throws: ``EngineError/invalidOptions(_:)`` naming the first unknown flag.
  package static func check(_ setting: String?, pluginPath: String) throws(EngineError) {
    let flags = (flags(in: setting ?? "") ?? "").split(whereSeparator: \.isWhitespace)
    let names = flags.map { flag in
      flag.hasPrefix("--xla_") ? String(flag.dropFirst(2).prefix { $0 != "=" }) : ""
    }
    guard !flags.isEmpty else { return }
    let known = try strings(Set(names), inFile: pluginPath)
    if let index = names.firstIndex(where: { !known.contains($0) }) {
      throw .invalidOptions(
        "the environment variable XLA_FLAGS has '\(flags[index])', which the plugin \(pluginPath) doesn't know: take it out"
      )
    }
  }

  private static func flags(in setting: String) -> String? {
    let text = setting.trimmingCharacters(in: .whitespacesAndNewlines)
    if text.isEmpty || text.hasPrefix("-") { return text }
    // XLA ignores a missing file.
    return try? String(contentsOfFile: text, encoding: .utf8)
  }

  /// The texts that occur in the file with a zero on either side, as compilers lay out literals.
  private static func strings(_ texts: Set<String>, inFile path: String) throws(EngineError) -> Set<String> {
    var wanted = texts.filter { !$0.isEmpty }
    let overlap = (wanted.map(\.utf8.count).max() ?? 0) + 1
    var found: Set<String> = []
    do {
      let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? file.close() }
      // In pieces, each with the end of the previous one, so that a plugin of hundreds of megabytes isn't held in memory.
      var tail = Data()
      while !wanted.isEmpty, let piece = try file.read(upToCount: 1 << 22), !piece.isEmpty {
        let window = tail + piece
        for text in wanted where window.range(of: Data([0] + Array(text.utf8) + [0])) != nil { found.insert(text) }
        wanted.subtract(found)
        tail = Data(window.suffix(overlap))
      }
    } catch {
      throw .notPlugin(path: path, reason: "it can't be read: \(error.localizedDescription)")
    }
    return found
  }
}
