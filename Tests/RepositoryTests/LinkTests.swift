import Foundation
import TestSupport
import Testing

/// Links between pages of the repository.
@Suite(.tags(.unit)) struct LinkTests {
  @Test func linksLeadSomewhere() throws {
    for guide in try Sources.guides() {
      let folder = (guide as NSString).deletingLastPathComponent
      for link in try Sources.text(guide).matches(of: /\]\(([^)\s]+)\)/) {
        let target = String(link.1)
        if target.hasPrefix("http") || target.hasPrefix("doc:") || target.hasPrefix("<") { continue }
        let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let path = parts[0].isEmpty ? guide : (folder.isEmpty ? parts[0] : "\(folder)/\(parts[0])")
        #expect(Sources.exists(path), "\(guide) links to \(target)")
        if parts.count > 1, path.hasSuffix(".md"), Sources.exists(path) {
          #expect(try anchors(path).contains(parts[1]), "\(guide) links to \(target)")
        }
      }
    }
  }

  /// What GitHub calls the headings of a page.
  private func anchors(_ path: String) throws -> Set<String> {
    Set(
      try Sources.text(path).matches(of: /(?m)^#+ (.*)$/).map { heading in
        String(heading.1.lowercased().filter { $0.isLetter || $0.isNumber || " -_".contains($0) })
          .replacingOccurrences(of: " ", with: "-")
      })
  }
}
