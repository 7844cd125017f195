import Foundation

/// The files of an unpacked package with their sizes and digests, as the package's own list `RECORD` has them
/// (Python packaging's specification of binary distributions).
struct WheelRecord {
  struct Entry {
    /// Below the package's folder.
    let path: String
    /// SHA-256 in hexadecimal.
    let digest: String
    let size: Int
  }

  let folder: String
  let entries: [Entry]
  /// What pip installs the package by, if pip installed it; `nil` if Tanren did.
  let requirement: String?

  /// - Parameter folder: what a package was unpacked in, alone.
  /// - Returns: `nil` if there is no list, or no file on it.
  init?(folder: String) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    guard let name = names.sorted().first(where: { $0.hasSuffix(".dist-info") }) else { return nil }
    self.init(folder: folder, distribution: name, requirement: nil)
  }

  /// - Parameters:
  ///   - folder: where pip installed packages.
  ///   - wheel: one of them.
  /// - Returns: `nil` if that version isn't there, or there is no file on its list.
  init?(folder: String, wheel: EngineWheel) {
    self.init(folder: folder, distribution: wheel.distribution, requirement: wheel.requirement)
  }

  private init?(folder: String, distribution: String, requirement: String?) {
    guard let data = FileManager.default.contents(atPath: "\(folder)/\(distribution)/RECORD") else { return nil }
    entries = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).compactMap(Self.entry(line:))
    guard !entries.isEmpty else { return nil }
    (self.folder, self.requirement) = (folder, requirement)
  }

  /// The path of the listed file of that name, wherever the package has it. It may be outside the folder: pip installs a
  /// package's data beside Python's own `lib`.
  func path(ofFile name: String) -> String? {
    entries.first { $0.path == name || $0.path.hasSuffix("/" + name) }.map { "\(folder)/\($0.path)" }
  }

  /// Compares a file's size.
  /// - Parameter path: a file on the list.
  /// - Throws: ``EngineError/damaged(path:reason:)``.
  func checkSize(ofFile path: String) throws(EngineError) {
    guard let entry = entries.first(where: { path == "\(folder)/\($0.path)" }) else { return }
    try checkSize(entry)
  }

  /// Compares the sizes of all files, and then their contents.
  /// - Throws: ``EngineError/damaged(path:reason:)`` for the first that differs.
  func check() throws(EngineError) {
    for entry in entries { try checkSize(entry) }
    for entry in entries {
      let path = "\(folder)/\(entry.path)"
      let digest = try EngineError.rethrowing { () throws(FileFailure) in try SHA256.hex(ofFile: path) }
      guard digest == entry.digest else {
        throw .damaged(
          path: path, reason: "its contents aren't those that its package brought", requirement: requirement)
      }
    }
  }

  private func checkSize(_ entry: Entry) throws(EngineError) {
    let path = "\(folder)/\(entry.path)"
    guard let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber else {
      throw .damaged(path: path, reason: "it is missing", requirement: requirement)
    }
    guard size.intValue == entry.size else {
      throw .damaged(
        path: path, reason: "it has \(size.intValue) bytes instead of \(entry.size)", requirement: requirement)
    }
  }

  /// A line `path,sha256=<base 64 for URLs, without padding>,size`; the list itself stands there without the latter two.
  private static func entry(line: Substring) -> Entry? {
    let fields = line.split(separator: ",", omittingEmptySubsequences: false)
    guard fields.count >= 3, let size = Int(fields[fields.count - 1]),
      case let digest = fields[fields.count - 2], digest.hasPrefix("sha256="), digest.count == 50
    else { return nil }
    // A path with commas stands in quotes.
    let path = fields.dropLast(2).joined(separator: ",").trimmingCharacters(in: ["\""])
    let text = digest.dropFirst(7).replacing("-", with: "+").replacing("_", with: "/") + "="
    guard let bytes = Data(base64Encoded: String(text)) else { return nil }
    return Entry(path: path, digest: SHA256.hexadecimal(bytes), size: size)
  }
}
