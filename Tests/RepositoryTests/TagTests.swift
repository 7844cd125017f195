import TestSupport
import Testing

/// `scripts/tests` selects suites by tags that it reads in the sources.
@Suite(.tags(.unit)) struct TagTests {
  private static let tags: Set<String> = ["unit", "engine", "process", "browser"]

  @Test func everySuiteHasOneTag() throws {
    let targets = try Sources.files(under: "Tests", suffix: ".swift").filter { $0.contains("Tests/", after: "Tests/") }
    #expect(!targets.isEmpty)
    for file in targets {
      let text = try Sources.text(file)
      guard text.contains(/(?m)^\s+@Test\b/) else { continue }
      let suites = text.matches(of: /(?m)^@Suite\([^{]*?\.tags\(\.(\w+)(?:, \.slow)?\)/)
      #expect(!suites.isEmpty && suites.allSatisfy { Self.tags.contains(String($0.1)) }, "\(file)")
      // A type with tests of its own and without a tag isn't selected by any.
      let untagged = text.matches(of: /(?m)^(?:final class|struct|actor) \w+Tests\b/)
      #expect(untagged.count <= suites.count, "\(file)")
    }
  }
}

extension String {
  fileprivate func contains(_ part: String, after prefix: String) -> Bool {
    hasPrefix(prefix) && dropFirst(prefix.count).contains(part)
  }
}
