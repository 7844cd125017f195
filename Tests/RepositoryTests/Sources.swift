import Foundation
import TestSupport

/// Files of the package, by their paths in it.
enum Sources {
  static func text(_ path: String) throws -> String {
    try String(contentsOf: Locations.package.appendingPathComponent(path), encoding: .utf8)
  }

  static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: Locations.package.appendingPathComponent(path).path)
  }

  /// The sorted paths of files in a folder and in its folders.
  static func files(under folder: String, suffix: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: Locations.package.appendingPathComponent(folder).path)
      .filter { $0.hasSuffix(suffix) && !$0.contains("/Fixtures/") }.map { "\(folder)/\($0)" }.sorted()
  }

  /// README, guides and the pages beside code.
  static func guides() throws -> [String] {
    let beside = [
      "README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "Examples/README.md", "Benchmarks/README.md",
    ]
    return try beside + files(under: "docs", suffix: ".md")
  }

  /// The folders of `Sources`: a module each.
  static func modules() throws -> Set<String> {
    let folder = Locations.package.appendingPathComponent("Sources").path
    return Set(try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") })
  }
}
